import type { Hash, JsonObject, JsonValue } from "../types.ts";
import { exactly, hash, jsonObject, list, text } from "./bundleValues.ts";

/** The record with a model's data that first records in the bundle name instead of having the data themselves. */
export type ModelEvidence = {
  /** As named. That the record has this hash is for the check of records to say. */
  readonly recordHash: Hash;
  readonly record: JsonObject;
  /** Disclosures of its withheld fields, where the exporter shows any. */
  readonly disclosures: readonly string[];
};

/** JSON → a model's record as a bundle carries it. Throws `bundle-malformed`. */
export function parseModelEvidence(value: JsonValue, field: string): ModelEvidence {
  const model = exactly(value, ["disclosures", "record", "recordHash"], field);
  return {
    recordHash: hash(model.recordHash, `${field}.recordHash`),
    record: jsonObject(model.record, `${field}.record`),
    disclosures: list(model.disclosures, `${field}.disclosures`, 10_000, text),
  };
}
