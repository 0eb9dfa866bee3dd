import type { AttachmentType } from "../../domain/attachments/attachmentType.ts";
import { DomainError } from "../../domain/errors.ts";
import { hashOfCid } from "../../domain/records/cid.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { Database } from "../../storage/database.ts";

/**
 * An attachment by its CID. Who knows the CID has been shown the field that names it, or has the bytes already.
 * @throws DomainError `cid-unsupported`, and `attachment-unknown`, also for a block whose bytes are not those its hash names
 */
export async function readAttachment(
  { pool }: Pick<Database, "pool">,
  cid: string,
): Promise<{ readonly bytes: Uint8Array; readonly type: AttachmentType }> {
  const hash = hashOfCid(cid);
  const { rows } = await pool.query<{ bytes: Buffer; type: AttachmentType }>(
    "SELECT bytes, type FROM content_block JOIN attachment USING (hash) WHERE hash = $1 LIMIT 1",
    [hash],
  );
  const [found] = rows;
  if (found !== undefined && recordHash(found.bytes) === hash) return found;
  throw new DomainError("attachment-unknown", "This server has no attachment with this CID.", { cid });
}
