import { DomainError } from "../errors.ts";
import { discloseOnly, reveal } from "../records/disclosures.ts";
import { namedModel } from "../records/namedModel.ts";
import type { Hash, JsonObject, JsonValue, PassportId, UnixTime } from "../types.ts";
import { type EvidenceBundle, parseBundle } from "./bundle.ts";
import type { ModelEvidence } from "./modelEvidence.ts";
import { type ReplayedDataRecord, type ReplayedHistory, replayBundle, replayDataRecords } from "./replay.ts";
import type { TrustRoot } from "./trustRoot.ts";

/** A record of a bundle, and what carries it there. */
export type CarriedRecord = {
  readonly recordHash: Hash;
  readonly subject: PassportId;
  /** Kind of the custody event, or `model`; null for a data record, whose kind is withheld. */
  readonly kind: string | null;
  /** Who says so: the actor, or the author; for a model's record, whoever first signed a record that names it. */
  readonly author: number;
  readonly occurredAt: UnixTime;
  readonly record: JsonObject | null;
  readonly disclosures: readonly string[];
};

/** A withheld field that a bundle shows. Its record is what was signed only if the bundle was verified. */
export type DisclosedField = Omit<CarriedRecord, "record" | "disclosures"> & {
  /** JSONPath in its record. */
  readonly path: string;
  readonly value: JsonValue;
};

/** Every record of a bundle: those of the custody events, passport by passport, then the models', then data records. */
export function carriedRecords(
  histories: readonly ReplayedHistory[],
  models: readonly ModelEvidence[],
  dataRecords: readonly ReplayedDataRecord[],
): CarriedRecord[] {
  const ofEvents = histories.flatMap(({ passportId, steps }) =>
    steps.map(({ header, item, step }) => ({
      recordHash: item.recordHash,
      subject: passportId,
      kind: header.kind,
      author: header.actor,
      occurredAt: header.occurredAt,
      record: step.record,
      disclosures: step.disclosures,
    })),
  );
  const ofModels = models.flatMap((model) => {
    const first = ofEvents.find(({ record }) => namedModel(record) === model.recordHash);
    return first === undefined ? [] : [{ ...first, ...model, kind: "model" }];
  });
  const ofData = dataRecords.map(({ evidence: { dataRecord, record, disclosures } }) => {
    const { recordHash, subjectId: subject, author, occurredAt } = dataRecord;
    return { recordHash, subject, kind: null, author, occurredAt, record, disclosures };
  });
  return [...ofEvents, ...ofModels, ...ofData];
}

/**
 * The withheld fields that a bundle shows, with the values; of a field with members, only those that say something.
 * Empty for what cannot be read or proves nothing: then the report of `verifyEvidence` says why.
 */
export function disclosedFields(unverifiedBundle: Uint8Array, trustRoot: TrustRoot): DisclosedField[] {
  try {
    const bundle = parseBundle(unverifiedBundle);
    const carried = recordsOf(bundle, trustRoot);
    return carried.flatMap(({ record, disclosures, ...carrier }) => {
      if (record === null || disclosures.length === 0) return [];
      const { disclosed } = reveal(record, disclosures);
      const isInner = (path: string) => disclosed.some((one) => one.path !== path && startsWith(one.path, path));
      return disclosed
        .filter(({ path }) => !isInner(path))
        .map(({ path, value }): DisclosedField => ({ ...carrier, path, value }));
    });
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

const recordsOf = (bundle: EvidenceBundle, trustRoot: TrustRoot): CarriedRecord[] =>
  carriedRecords(replayBundle(bundle, trustRoot), bundle.models, replayDataRecords(bundle, trustRoot));

/** True when a path goes on below another: `$.a.b` and `$.a[0]` below `$.a`, and `$.ab` not. */
const startsWith = (path: string, outer: string): boolean =>
  path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length));

/**
 * A bundle that shows these fields of its records and no others, with the fewest disclosures that prove them.
 * @param known by record, every disclosure at hand
 * @param wanted paths as people type them, `stateOfHealth.value`; with a record, where several have such a field
 * @throws DomainError `field-unknown`, `field-ambiguous` (details: the `records` that have it), `json-path-malformed`,
 *   and those of `reveal` where what is at hand does not belong to the record
 */
export function discloseInBundle(
  bundle: EvidenceBundle,
  trustRoot: TrustRoot,
  known: ReadonlyMap<Hash, readonly string[]>,
  wanted: readonly { readonly path: string; readonly recordHash?: Hash | undefined }[],
): EvidenceBundle {
  const carried = recordsOf(bundle, trustRoot);
  const shown = new Map<Hash, Set<string>>();
  for (const { path, recordHash } of wanted) {
    const candidates = carried.filter((one) => recordHash === undefined || one.recordHash === recordHash);
    const [hash, disclosures] = onlyOne(path, candidates, known);
    const set = shown.get(hash) ?? new Set();
    for (const disclosure of disclosures) set.add(disclosure);
    shown.set(hash, set);
  }
  const given = new Set<Hash>();
  /** A record that two events carry is opened where it comes first. */
  const take = (hash: Hash | undefined): string[] => {
    if (hash === undefined || given.has(hash)) return [];
    given.add(hash);
    return [...(shown.get(hash) ?? [])];
  };
  const histories = bundle.histories.map(({ passportId, steps }) => ({
    passportId,
    steps: steps.map((step) => {
      const item = step.items[step.position];
      return { ...step, disclosures: take(typeof item === "string" ? undefined : item?.recordHash) };
    }),
  }));
  const models = bundle.models.map((one) => ({ ...one, disclosures: take(one.recordHash) }));
  const dataRecords = bundle.dataRecords.map((one) => ({ ...one, disclosures: take(one.dataRecord.recordHash) }));
  return { ...bundle, histories, models, dataRecords };
}

/** The one record that has a field, with the disclosures that prove it; none are needed for a field in clear. */
function onlyOne(
  path: string,
  candidates: readonly CarriedRecord[],
  known: ReadonlyMap<Hash, readonly string[]>,
): readonly [Hash, readonly string[]] {
  const found = new Map<Hash, readonly string[]>();
  for (const { recordHash, record } of candidates) {
    if (record === null || found.has(recordHash)) continue;
    try {
      found.set(recordHash, discloseOnly(known.get(recordHash) ?? [], record, path));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "field-unknown") throw error;
    }
  }
  const [first, second] = found;
  if (first === undefined) {
    const sentence = `No record in this evidence has a field ${path}, or its disclosure is not at hand.`;
    throw new DomainError("field-unknown", sentence, { path });
  }
  if (second === undefined) return first;
  const records = candidates.filter(({ recordHash }) => found.has(recordHash));
  throw new DomainError("field-ambiguous", `Several records have a field ${path}: name one by its hash.`, {
    path,
    records: records.map(({ recordHash, kind, author, occurredAt }) => ({ recordHash, kind, author, occurredAt })),
  });
}
