import type { SignedErasure } from "../domain/access/erasure.ts";
import type { Hash, UnixTime } from "../domain/types.ts";
import type { Transaction } from "./database.ts";

/** A request that was carried out, as the erasure log keeps it. */
export type ErasureEntry = SignedErasure & {
  readonly digest: Hash;
  /** Digests of the disclosures deleted: those asked for, and those inside them. */
  readonly erased: readonly string[];
  readonly erasedAt: UnixTime;
};

/** Of advisory locks; any number that nothing else here uses. */
const ERASURES = "hashtext('erasures')";

/**
 * What erases goes alone, and what stores disclosures or attachments goes beside others of its kind. Without these turns
 * a record that arrives again while it is erased would bring back what the erasure has just not seen, and an attachment
 * would be deleted that a record still on its way to its COMMIT names. To be taken before anything else of either is
 * read: a statement sees what was committed when it began.
 */
export const eraseAlone = (tx: Transaction): Promise<unknown> => tx.query(`SELECT pg_advisory_xact_lock(${ERASURES})`);
export const storeBesideOthers = (tx: Transaction): Promise<unknown> =>
  tx.query(`SELECT pg_advisory_xact_lock_shared(${ERASURES})`);

/** Keeps an entry and deletes what it names. Answers how many disclosures were still there. */
export async function applyErasure(tx: Transaction, entry: ErasureEntry): Promise<number> {
  await tx.query(
    `INSERT INTO erasure (digest, participant, record_hash, disclosures, requested_at, signature, erased, erased_at)
     VALUES ($1, $2, $3, $4::text[], $5, $6, $7::text[], to_timestamp($8)) ON CONFLICT DO NOTHING`,
    [
      entry.digest,
      entry.participant,
      entry.recordHash,
      entry.disclosures,
      entry.requestedAt,
      entry.signature,
      entry.erased,
      entry.erasedAt,
    ],
  );
  return await deleteErased(tx, [entry.digest]);
}

/**
 * Deletes what the entries name, of those given or of all, and the attachments that only they named. An attachment that
 * was published, or that a record still names, stays.
 * @returns how many disclosures were still there
 */
export async function deleteErased(tx: Transaction, digests: readonly Hash[] | null): Promise<number> {
  const { rows } = await tx.query<{ disclosures: number; attachments: Hash[] }>(
    `WITH gone AS (
       DELETE FROM record_disclosure AS kept USING erasure
        WHERE kept.record_hash = erasure.record_hash AND ($1::text[] IS NULL OR erasure.digest = ANY($1))
          AND (erasure.disclosures = '{}' OR kept.digest = ANY(erasure.erased))
       RETURNING kept.record_hash, kept.digest
     ), unnamed AS (
       DELETE FROM attachment_reference AS named USING gone
        WHERE named.record_hash = gone.record_hash AND named.digest = gone.digest RETURNING named.hash
     )
     SELECT (SELECT count(*) FROM gone)::int AS disclosures,
            (SELECT coalesce(array_agg(hash), '{}') FROM unnamed) AS attachments`,
    [digests],
  );
  const { disclosures, attachments } = rows[0] as { disclosures: number; attachments: Hash[] };
  if (attachments.length > 0) await deleteUnnamed(tx, attachments);
  return disclosures;
}

async function deleteUnnamed(tx: Transaction, attachments: readonly Hash[]): Promise<void> {
  await tx.query(
    `WITH gone AS (
       DELETE FROM attachment
        WHERE hash = ANY($1::text[])
          AND NOT EXISTS (SELECT FROM attachment_reference AS named WHERE named.hash = attachment.hash)
          AND NOT EXISTS (SELECT FROM attachment AS other WHERE other.hash = attachment.hash AND other.is_public)
       RETURNING hash
     )
     DELETE FROM content_block USING gone WHERE content_block.hash = gone.hash`,
    [attachments],
  );
}

type Row = Omit<ErasureEntry, "requestedAt"> & { readonly requestedAt: string };

/** Entries of the log, the oldest first: one, or all. */
export async function readErasures(tx: Transaction, digest: Hash | null): Promise<ErasureEntry[]> {
  const { rows } = await tx.query<Row>(
    `SELECT digest, participant, record_hash AS "recordHash", disclosures, requested_at AS "requestedAt", signature,
            erased, extract(epoch FROM erased_at)::int AS "erasedAt"
       FROM erasure WHERE $1::text IS NULL OR digest = $1 ORDER BY erased_at, digest`,
    [digest],
  );
  return rows.map((row) => ({ ...row, requestedAt: Number(row.requestedAt) }));
}
