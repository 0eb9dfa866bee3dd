import { DomainError } from "../domain/errors.ts";
import { lookAlikeOf } from "../domain/identifiers/lookAlike.ts";
import {
  fieldsOutsideAllowList,
  isCreationRecord,
  type ParsedRecord,
  parseRecord,
} from "../domain/records/parseRecord.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import type { Hash } from "../domain/types.ts";
import type { Transaction } from "./database.ts";
import { insertRows } from "./insertRows.ts";

/** A record's bytes with what they say; `record` comes from `parseRecord` of these very bytes. */
export type StorableRecord = { readonly hash: Hash; readonly bytes: Uint8Array; readonly record: ParsedRecord };

const subjectOf = (record: ParsedRecord): string =>
  record.type === "participant/1" ? `participant-${record.participantId}` : record.subject;

/**
 * Stores records by hash, and the identifiers that records of creation show: the one way for records that were accepted here
 * and for those that were fetched. A record that is there already stays; one that is here is no longer missing.
 */
export async function storeRecords(tx: Transaction, records: readonly StorableRecord[]): Promise<void> {
  await insertRows(
    tx,
    "record",
    [
      ["hash", "text", ({ hash }) => hash],
      ["bytes", "bytea", ({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
      ["type", "text", ({ record }) => record.type],
      ["subject", "text", ({ record }) => subjectOf(record)],
    ],
    records,
    "ON CONFLICT DO NOTHING",
  );
  await insertRows(
    tx,
    "identifier",
    [
      ["passport_id", "text", (creation) => creation.subject],
      ["uid", "text", (creation) => creation.uid],
      ["battery_code", "text", (creation) => creation.batteryCode ?? null],
      ["look_alike", "text", (creation) => lookAlikeOf(creation.uid)],
    ],
    records.map(({ record }) => record).filter(isCreationRecord),
    // A second creation of one passport comes only after the first was finally rejected: the later record counts.
    "ON CONFLICT (passport_id) DO UPDATE SET battery_code = excluded.battery_code",
  );
  await tx.query("DELETE FROM missing_record WHERE hash = ANY($1)", [records.map(({ hash }) => hash)]);
  await missModels(tx, records);
}

/** The chain names an item's record, and that record its model's: whoever follows the chain looks for both. */
async function missModels(tx: Transaction, records: readonly StorableRecord[]): Promise<void> {
  const named = records.flatMap(({ record }) =>
    isCreationRecord(record) && record.modelRecord !== undefined ? [record.modelRecord] : [],
  );
  if (named.length === 0) return;
  await tx.query(
    `INSERT INTO missing_record (hash) SELECT DISTINCT named.hash FROM unnest($1::text[]) AS named (hash)
      WHERE NOT EXISTS (SELECT FROM record WHERE record.hash = named.hash) ON CONFLICT DO NOTHING`,
    [named],
  );
}

/**
 * Parses and stores one record's bytes from an untrusted source, which are known to have the hash that somebody signed.
 * Throws the codes of `parseRecord`, and `record-field-not-public` for fields that its type does not list as public: what
 * another operator leaked is not spread further.
 */
export async function storeRecord(tx: Transaction, bytes: Uint8Array): Promise<ParsedRecord> {
  const record = parseRecord(bytes);
  const paths = fieldsOutsideAllowList(record);
  if (paths.length > 0) {
    throw new DomainError("record-field-not-public", "The record shows fields that its type withholds.", { paths });
  }
  await storeRecords(tx, [{ hash: recordHash(bytes), bytes, record }]);
  return record;
}
