import type { Transaction } from "../../storage/database.ts";
import type { PreparedRecord } from "./prepareSubmission.ts";
import { type RandomBytes, sealDisclosure } from "./sealDisclosure.ts";

/** The key that disclosures are sealed with in the database, 32 bytes, and where nonces come from. */
export type DisclosureSealing = { readonly key: Uint8Array; readonly randomBytes: RandomBytes };

/**
 * Stores records by hash, identifiers of mint records, and sealed disclosures; what is there already stays.
 * @param publish whether the records also go to content-addressed storage: not for an offer, which may come to nothing
 */
export async function storeRecords(
  tx: Transaction,
  records: readonly PreparedRecord[],
  sealing: DisclosureSealing,
  publish: boolean,
): Promise<void> {
  if (records.length === 0) return;
  const hashes = records.map(({ hash }) => hash);
  await tx.query(
    `INSERT INTO record (hash, bytes, type, subject)
     SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
    [
      hashes,
      records.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      records.map(({ record }) => record.type),
      records.map(({ record }) =>
        record.type === "participant/1" ? `participant-${record.participantId}` : record.subject,
      ),
    ],
  );
  // The chain may have named them before anybody sent them here.
  await tx.query("DELETE FROM missing_record WHERE hash = ANY($1::text[])", [hashes]);
  await storeIdentifiers(tx, records);
  await storeDisclosures(tx, records, sealing);
  if (publish) {
    await tx.query("INSERT INTO content_outbox (hash) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", [
      hashes,
    ]);
  }
}

/** A second mint of one passport is accepted only after the first was finally rejected: the later record counts. */
async function storeIdentifiers(tx: Transaction, records: readonly PreparedRecord[]): Promise<void> {
  const mints = records.map(({ record }) => record).filter((record) => record.type === "mint/1");
  if (mints.length === 0) return;
  await tx.query(
    `INSERT INTO identifier (passport_id, uid, battery_code)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
     ON CONFLICT (passport_id) DO UPDATE SET battery_code = excluded.battery_code`,
    [
      mints.map((record) => record.subject),
      mints.map((record) => record.uid),
      mints.map(({ payload }) => {
        const { batteryCode } = payload;
        return typeof batteryCode === "string" ? batteryCode : null;
      }),
    ],
  );
}

async function storeDisclosures(
  tx: Transaction,
  records: readonly PreparedRecord[],
  { key, randomBytes }: DisclosureSealing,
): Promise<void> {
  const sealed = records.flatMap(({ hash, disclosures }) =>
    disclosures.map(({ digest, text }) => ({
      hash,
      digest,
      bytes: sealDisclosure(key, randomBytes, { recordHash: hash, digest }, text),
    })),
  );
  if (sealed.length === 0) return;
  await tx.query(
    `INSERT INTO record_disclosure (record_hash, digest, sealed)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING`,
    [sealed.map(({ hash }) => hash), sealed.map(({ digest }) => digest), sealed.map(({ bytes }) => bytes)],
  );
}
