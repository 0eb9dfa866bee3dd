import { parseSignedDataRecord, type SignedDataRecord } from "../anchors/dataRecord.ts";
import { MAX_PROOF_LENGTH } from "../anchors/merkleTree.ts";
import type { Hash, JsonObject, JsonValue, ParticipantId } from "../types.ts";
import { exactly, hash, jsonObject, list, lower, text, whole } from "./bundleValues.ts";

/** A data record with the way from it to the root that its publisher anchored. */
export type DataRecordEvidence = {
  /** The block of the `Anchored` log. */
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly publisher: ParticipantId;
  /** Its place among the leaves of that anchor. */
  readonly leafIndex: number;
  /** The hashes from the leaf to the root, lowest first (RFC 9162). */
  readonly proof: readonly Hash[];
  readonly dataRecord: SignedDataRecord;
  /** The record that was signed; null where the exporter does not have it. */
  readonly record: JsonObject | null;
  /** Disclosures of withheld fields of that record, its kind among them, where the exporter shows any. */
  readonly disclosures: readonly string[];
};

/** Most data records of one bundle. */
export const MAX_DATA_RECORDS = 10_000;

const FIELDS = [
  "blockHash",
  "blockNumber",
  "dataRecord",
  "disclosures",
  "leafIndex",
  "proof",
  "publisher",
  "record",
] as const;
const SIGNED_FIELDS = ["author", "occurredAt", "recordHash", "signature", "subjectId"] as const;

/** One entry of a bundle's `dataRecords`. Attacker-controlled: all of it. */
export function parseDataRecordEvidence(value: JsonValue, field: string): DataRecordEvidence {
  const entry = exactly(value, FIELDS, field);
  const signed = exactly(entry.dataRecord, SIGNED_FIELDS, `${field}.dataRecord`);
  const dataRecord = parseSignedDataRecord(signed, `${field}.dataRecord`);
  for (const name of ["subjectId", "recordHash", "signature"] as const) {
    lower(dataRecord[name], signed[name], `${field}.dataRecord.${name}`);
  }
  return {
    blockNumber: whole(entry.blockNumber, `${field}.blockNumber`),
    blockHash: hash(entry.blockHash, `${field}.blockHash`),
    publisher: whole(entry.publisher, `${field}.publisher`, 0xffffff),
    leafIndex: whole(entry.leafIndex, `${field}.leafIndex`),
    proof: list(entry.proof, `${field}.proof`, MAX_PROOF_LENGTH, hash),
    dataRecord,
    record: entry.record === null ? null : jsonObject(entry.record, `${field}.record`),
    disclosures: list(entry.disclosures, `${field}.disclosures`, 10_000, text),
  };
}

type Placed = Pick<DataRecordEvidence, "blockNumber" | "publisher" | "leafIndex">;

/**
 * The order of data records in a bundle: by block, publisher and leaf. Two anchors of one publisher in one block leave
 * ties, which the digests break; zero means the same record in the same place.
 */
export function compareDataRecords(
  a: { readonly digest: Hash; readonly evidence: Placed },
  b: { readonly digest: Hash; readonly evidence: Placed },
): number {
  const [x, y] = [a.evidence, b.evidence];
  const byDigest = a.digest === b.digest ? 0 : a.digest < b.digest ? -1 : 1;
  return x.blockNumber - y.blockNumber || x.publisher - y.publisher || x.leafIndex - y.leafIndex || byDigest;
}
