import type { Transaction } from "../../storage/database.ts";
import { storeBesideOthers } from "../../storage/erasures.ts";
import { arrayText } from "../../storage/insertRows.ts";
import { storeRecords as storePublicRecords } from "../../storage/records.ts";
import type { PreparedRecord } from "./prepareRecord.ts";
import { type DisclosureSealing, sealRecord } from "./sealRecord.ts";

/**
 * Stores records with what only their sender has: disclosures, sealed, and the order to publish.
 * @param publish whether the records also go to content-addressed storage: not for an offer, which may come to nothing
 */
export async function storeRecords(
  tx: Transaction,
  records: readonly PreparedRecord[],
  sealing: DisclosureSealing,
  publish: boolean,
): Promise<void> {
  if (records.length === 0) return;
  await storePublicRecords(tx, records);
  await storeDisclosures(tx, records, sealing);
  if (publish) {
    await tx.query("INSERT INTO content_outbox (hash) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", [
      records.map(({ hash }) => hash),
    ]);
  }
}

/** What was erased is not stored again, whoever sends it, and in whatever event. */
const ERASED = `
SELECT FROM erasure WHERE erasure.record_hash = given.record_hash
   AND (erasure.disclosures = '{}' OR given.digest = ANY(erasure.erased))`;

async function storeDisclosures(
  tx: Transaction,
  records: readonly PreparedRecord[],
  sealing: DisclosureSealing,
): Promise<void> {
  const open = records.flatMap((record) =>
    sealRecord(record, sealing).disclosures.map((disclosure) => ({ hash: record.hash, ...disclosure })),
  );
  if (open.length === 0) return;
  await storeBesideOthers(tx);
  await tx.query(
    `INSERT INTO record_disclosure (record_hash, digest, sealed)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) AS given (record_hash, digest, sealed)
      WHERE NOT EXISTS (${ERASED}) ON CONFLICT DO NOTHING`,
    [open.map(({ hash }) => hash), open.map(({ digest }) => digest), open.map(({ sealed }) => sealed)].map(arrayText),
  );
  const naming = open.filter(({ attachment }) => attachment !== undefined);
  if (naming.length === 0) return;
  await tx.query(
    `INSERT INTO attachment_reference (record_hash, digest, hash)
     SELECT given.* FROM unnest($1::text[], $2::text[], $3::text[]) AS given (record_hash, digest, hash)
       JOIN record_disclosure USING (record_hash, digest) ON CONFLICT DO NOTHING`,
    [naming.map(({ hash }) => hash), naming.map(({ digest }) => digest), naming.map(({ attachment }) => attachment)],
  );
}
