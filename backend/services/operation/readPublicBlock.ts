import type { ReadBlock } from "../../content/block.ts";
import { DomainError } from "../../domain/errors.ts";
import { hashOfCid } from "../../domain/records/cid.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { Database } from "../../storage/database.ts";

/**
 * The bytes behind a CID: a record or another block from the tables, else one from this operator's own store. Other
 * sources are not asked, or this address would fetch anything for anybody. An attachment that nobody called public is no
 * such block: what is served here is kept by every cache on the way, also after an erasure.
 * @throws DomainError `cid-unsupported`, `block-unknown`
 */
export async function readPublicBlock(
  { pool }: Database,
  readBlock: ReadBlock | null,
  cid: string,
): Promise<Uint8Array> {
  const hash = hashOfCid(cid);
  const { rows } = await pool.query<{ bytes: Buffer }>(
    `SELECT bytes FROM record WHERE hash = $1
      UNION ALL SELECT bytes FROM content_block WHERE hash = $1
        AND (SELECT coalesce(bool_or(is_public), true) FROM attachment WHERE attachment.hash = content_block.hash)`,
    [hash],
  );
  const row = rows[0]?.bytes;
  if (row !== undefined && recordHash(row) === hash) return row;
  const block = readBlock === null ? null : await readBlock(hash);
  if (block !== null) return block;
  throw new DomainError("block-unknown", "This server has no block with this CID.", { cid });
}
