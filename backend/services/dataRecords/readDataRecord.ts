import type { SignedDataRecord } from "../../domain/anchors/dataRecord.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash, JsonObject } from "../../domain/types.ts";
import { type Database, inTransaction } from "../../storage/database.ts";
import type { AnchorTrees } from "../anchors/anchorTrees.ts";
import { type Receipt, storedReceipt } from "../custody/signReceipt.ts";
import { readRecords } from "../readRecords.ts";
import { type DataRecordState, type RecordPlace, readDataRecordStates } from "./readDataRecordStates.ts";

export type ShownDataRecord = {
  readonly digest: Hash;
  readonly state: DataRecordState["state"];
  readonly dataRecord: SignedDataRecord;
  /** The public part of the record; null while it is not here. */
  readonly record: JsonObject | null;
  readonly receipt?: Receipt;
  /** With the hashes that lead from the leaf to the root. */
  readonly anchor?: RecordPlace & { readonly proof: readonly Hash[] };
  /** Hashes of the transactions that may carry it. */
  readonly transactions: readonly Hash[];
};

/**
 * One data record, with the proof of its place on chain once it has one.
 * @throws DomainError `data-record-unknown`
 */
export async function readDataRecord(
  { pool }: Database,
  anchorTrees: AnchorTrees,
  digest: Hash,
): Promise<ShownDataRecord> {
  return await inTransaction(pool, async (tx) => {
    // One snapshot: the leaves that the proof is made of are those of the anchor that is shown.
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const found = (await readDataRecordStates(tx, [digest])).get(digest);
    if (found === undefined) {
      throw new DomainError("data-record-unknown", "This server knows no data record with this digest.", { digest });
    }
    const { state, dataRecord, place, receipt } = found;
    const records = await readRecords(tx, [dataRecord.recordHash]);
    const { rows } = await tx.query<{ hash: Hash }>(
      `SELECT tx_hash AS hash FROM submission_event JOIN attempt USING (submission_id)
        WHERE digest = $1 ORDER BY attempt.created_at`,
      [digest],
    );
    const proof = place === null ? [] : await anchorTrees.prove(tx, place, place.leafIndex);
    return {
      digest,
      state,
      dataRecord,
      record: records.get(dataRecord.recordHash) ?? null,
      ...(receipt === null ? {} : { receipt: storedReceipt(receipt) }),
      ...(place === null ? {} : { anchor: { ...place, proof } }),
      transactions: rows.map(({ hash }) => hash),
    };
  });
}
