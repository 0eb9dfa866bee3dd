import type { Transaction } from "../../storage/database.ts";
import { storeBesideOthers } from "../../storage/erasures.ts";
import { arrayText } from "../../storage/insertRows.ts";
import { storeRecords as storePublicRecords } from "../../storage/records.ts";
import type { PreparedRecord } from "./prepareRecord.ts";
import { NONCE_BYTES, type RandomBytes, type SealingKey, sealDisclosure } from "./sealDisclosure.ts";

/** The key that disclosures are sealed with in the database, and where nonces come from. */
export type DisclosureSealing = { readonly key: SealingKey; readonly randomBytes: RandomBytes };

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
  { key, randomBytes }: DisclosureSealing,
): Promise<void> {
  const open = records.flatMap(({ hash, disclosures }) => disclosures.map((disclosure) => ({ hash, ...disclosure })));
  if (open.length === 0) return;
  await storeBesideOthers(tx);
  const nonces = randomBytes(NONCE_BYTES * open.length); // asking for each costs more than sealing with it
  const sealed = open.map(({ hash, digest, text }, i) => {
    const nonce = () => nonces.subarray(NONCE_BYTES * i, NONCE_BYTES * (i + 1));
    return { hash, digest, bytes: sealDisclosure(key, nonce, { recordHash: hash, digest }, text) };
  });
  await tx.query(
    `INSERT INTO record_disclosure (record_hash, digest, sealed)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) AS given (record_hash, digest, sealed)
      WHERE NOT EXISTS (${ERASED}) ON CONFLICT DO NOTHING`,
    [sealed.map(({ hash }) => hash), sealed.map(({ digest }) => digest), sealed.map(({ bytes }) => bytes)].map(
      arrayText,
    ),
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
