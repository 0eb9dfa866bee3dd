import { type AttachmentType, requireAttachmentType } from "../../domain/attachments/attachmentType.ts";
import { DomainError } from "../../domain/errors.ts";
import { cidOf } from "../../domain/records/cid.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction, type Transaction } from "../../storage/database.ts";
import { storeBesideOthers } from "../../storage/erasures.ts";
import type { Caller } from "../access/caller.ts";

export type StoredAttachment = {
  readonly cid: string;
  readonly type: AttachmentType;
  readonly size: number;
  readonly isPublic: boolean;
  /** False when this participant had brought the same bytes before. */
  readonly created: boolean;
};

/** What one participant may bring in a day: a certificate or two for every battery of a busy plant, and no archive. */
const DAILY_BYTES = 256 * 1_048_576;
const DAY_SECONDS = 86_400;

/**
 * Stores an attachment under its CID, to be named in a record. It can be had by whoever knows the CID, which stands in a
 * withheld field; it goes to content-addressed storage, where everybody may find it and nobody can take it back, only
 * when its sender calls it public.
 * @throws DomainError `attachment-type-unsupported`, `attachment-malformed`, `attachment-quota-exceeded`
 */
export async function storeAttachment(
  { pool }: Pick<Database, "pool">,
  { participantId }: Caller,
  bytes: Uint8Array,
  options: { readonly isPublic: boolean; readonly now: UnixTime },
): Promise<StoredAttachment> {
  const type = requireAttachmentType(bytes);
  const hash = recordHash(bytes);
  const created = await inTransaction(pool, async (tx) => {
    await storeBesideOthers(tx);
    // One at a time for each participant, or parallel uploads would each see the day as it was before them.
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('attachment'), $1)", [participantId]);
    const { rowCount } = await tx.query(
      `INSERT INTO attachment (hash, participant, type, size, created_at, is_public)
       VALUES ($1, $2, $3, $4, to_timestamp($5), $6) ON CONFLICT DO NOTHING`,
      [hash, participantId, type, bytes.length, options.now, options.isPublic],
    );
    if (rowCount === 1) await requireQuota(tx, participantId, options.now);
    await tx.query("INSERT INTO content_block (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      hash,
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ]);
    if (options.isPublic) {
      await tx.query("UPDATE attachment SET is_public = true WHERE hash = $1 AND participant = $2", [
        hash,
        participantId,
      ]);
      await tx.query("INSERT INTO content_outbox (hash) VALUES ($1) ON CONFLICT DO NOTHING", [hash]);
    }
    return rowCount === 1;
  });
  return { cid: cidOf(hash), type, size: bytes.length, isPublic: options.isPublic, created };
}

async function requireQuota(tx: Transaction, participantId: number, now: UnixTime): Promise<void> {
  const { rows } = await tx.query<{ total: string }>(
    "SELECT sum(size) AS total FROM attachment WHERE participant = $1 AND created_at > to_timestamp($2)",
    [participantId, now - DAY_SECONDS],
  );
  if (Number(rows[0]?.total ?? 0) <= DAILY_BYTES) return;
  throw new DomainError("attachment-quota-exceeded", "The participant has brought all that one may bring in a day.", {
    maxBytes: DAILY_BYTES,
  });
}
