import type { SignedDataRecord } from "../domain/anchors/dataRecord.ts";
import type { Hash, UnixTime } from "../domain/types.ts";
import type { Transaction } from "./database.ts";
import { type Columns, insertRows } from "./insertRows.ts";

/** A data record that was decided on, with the promise made about it, as JSON. */
export type NewDataRecord = SignedDataRecord & {
  readonly digest: Hash;
  readonly receipt: unknown;
  readonly acceptedAt: UnixTime;
};

/** The columns of a signed data record, wherever it is stored. */
export const DATA_RECORD_COLUMNS: Columns<SignedDataRecord & { readonly digest: Hash }> = [
  ["digest", "text", (row) => row.digest],
  ["subject_id", "text", (row) => row.subjectId],
  ["author", "int", (row) => row.author],
  ["occurred_at", "bigint", (row) => row.occurredAt],
  ["record_hash", "text", (row) => row.recordHash],
  ["signature", "text", (row) => row.signature],
];

/** The columns under the names they have in `SignedDataRecord`; `occurredAt` as a number. */
export const DATA_RECORD_FIELDS = `digest, subject_id AS "subjectId", author, occurred_at::float8 AS "occurredAt",
  record_hash AS "recordHash", signature`;

/** The receipts of those digests that were accepted already. */
export async function readReceipts<Receipt>(tx: Transaction, digests: readonly Hash[]): Promise<Map<Hash, Receipt>> {
  if (digests.length === 0) return new Map();
  const { rows } = await tx.query<{ digest: Hash; receipt: Receipt }>(
    "SELECT digest, receipt FROM data_record WHERE digest = ANY($1::text[])",
    [digests],
  );
  return new Map(rows.map(({ digest, receipt }) => [digest, receipt]));
}

/**
 * Stores data records, and answers the digests of those that were not there. In one order of digests, whatever order
 * they came in, so that two batches with the same records wait for each other and never both.
 */
export async function insertDataRecords(tx: Transaction, records: readonly NewDataRecord[]): Promise<Set<Hash>> {
  if (records.length === 0) return new Set();
  const sorted = [...records].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const columns: Columns<NewDataRecord> = [
    ...DATA_RECORD_COLUMNS,
    ["receipt", "jsonb", (row) => JSON.stringify(row.receipt)],
    ["accepted_at", "timestamptz", (row) => new Date(row.acceptedAt * 1000)],
  ];
  const rows = await insertRows(tx, "data_record", columns, sorted, "ON CONFLICT DO NOTHING RETURNING digest");
  return new Set(rows.map((row) => row.digest as Hash));
}
