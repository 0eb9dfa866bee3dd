import { reveal } from "../../../backend/domain/records/disclosures.ts";
import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { usage } from "../failure.ts";

/** True for a file of records, `{record, disclosures}` or `{records: [{record, disclosures}, …]}`, as --keep writes it. */
export const holdsRecords = (file: JsonObject): boolean => Array.isArray(file.records) || isObject(file.record);

/**
 * The fields in a file: as they stand, or those of the records in it, opened by their disclosures.
 * @throws DomainError `usage` for a record without what opens it; those of `reveal`
 */
export function openRecords(file: JsonObject): readonly JsonObject[] {
  if (!holdsRecords(file)) return [file];
  return (Array.isArray(file.records) ? (file.records as readonly JsonValue[]) : [file]).map(openRecord);
}

function openRecord(entry: JsonValue): JsonObject {
  const { record, disclosures } = isObject(entry) ? entry : {};
  const texts = Array.isArray(disclosures) ? (disclosures as readonly JsonValue[]) : [];
  if (isObject(record) && texts.every((text) => typeof text === "string")) return reveal(record, texts).value;
  throw usage("A record comes with what opens it, as {record, disclosures}.");
}
