import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { reveal } from "../../../backend/domain/records/disclosures.ts";
import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import { namedModel } from "../../../backend/domain/records/namedModel.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { BUNDLE_TYPE, type EvidenceBundle, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { usage } from "../failure.ts";

/** True for evidence, and for `{record, disclosures}` or `{records: [{record, disclosures}, …]}` as --keep writes it. */
export const holdsRecords = (file: JsonObject): boolean =>
  Array.isArray(file.records) || isObject(file.record) || file.type === BUNDLE_TYPE;

/**
 * The fields in a file: as they stand, or those of the records in it, opened by their disclosures. Of evidence, as
 * `export` and `disclose` write it, those about the passport in question and its model; whether they are what was signed
 * is for `verify` to say.
 * @throws DomainError `usage` for a record without what opens it; those of `reveal` and `parseBundle`
 */
export function openRecords(file: JsonObject): readonly JsonObject[] {
  if (file.type === BUNDLE_TYPE) return openEvidence(parseBundle(canonicalBytes(file)));
  if (!holdsRecords(file)) return [file];
  return (Array.isArray(file.records) ? (file.records as readonly JsonValue[]) : [file]).map(openRecord);
}

function openEvidence({ histories, models, dataRecords }: EvidenceBundle): readonly JsonObject[] {
  const [own] = histories;
  const steps = own?.steps ?? [];
  const named = new Set(steps.map(({ record }) => namedModel(record)));
  const carried = [
    ...steps,
    ...models.filter(({ recordHash }) => named.has(recordHash)),
    ...dataRecords.filter(({ dataRecord }) => dataRecord.subjectId === own?.passportId),
  ];
  return carried.flatMap(({ record, disclosures }) => (record === null ? [] : [reveal(record, disclosures).value]));
}

function openRecord(entry: JsonValue): JsonObject {
  const { record, disclosures } = isObject(entry) ? entry : {};
  const texts = Array.isArray(disclosures) ? (disclosures as readonly JsonValue[]) : [];
  if (isObject(record) && texts.every((text) => typeof text === "string")) return reveal(record, texts).value;
  throw usage("A record comes with what opens it, as {record, disclosures}.");
}
