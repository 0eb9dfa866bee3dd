import type { Pool } from "pg";
import type { ParsedRecord } from "../domain/records/parseRecord.ts";
import type { Hash } from "../domain/types.ts";
import { inTransaction } from "./database.ts";
import { storeRecord } from "./records.ts";

/** Blocks to be put into content-addressed storage, and records to be fetched from others. */
export type ContentQueues = {
  /** Records and other blocks to be put; each is given out again only after a pause that grows with its attempts. */
  takeOutgoing(limit: number): Promise<{ readonly hash: Hash; readonly bytes: Uint8Array }[]>;
  markPut(hash: Hash): Promise<void>;
  /** Hashes that the chain names and nobody here has; given out as above. */
  takeMissing(limit: number): Promise<Hash[]>;
  /** Stores bytes that have this hash. Throws what `storeRecord` throws. */
  storeFound(bytes: Uint8Array): Promise<ParsedRecord>;
};

/** Taking is a lease: whoever dies with an entry leaves it to the next one after the pause. */
const lease = (table: string): string => `UPDATE ${table} SET attempts = attempts + 1,
    next_attempt_at = now() + least(interval '1 hour', interval '2 seconds' * power(2, least(attempts, 20)))
  WHERE hash IN (SELECT hash FROM ${table} WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1
    FOR UPDATE SKIP LOCKED) RETURNING hash`;

export function openContentQueues(pool: Pool): ContentQueues {
  return {
    async takeOutgoing(limit) {
      const { rows } = await pool.query(
        `WITH taken AS (${lease("content_outbox")}), stored AS (SELECT hash, bytes FROM record UNION ALL TABLE content_block)
         SELECT hash, bytes FROM taken JOIN stored USING (hash)`,
        [limit],
      );
      return rows;
    },
    async markPut(hash) {
      await pool.query("DELETE FROM content_outbox WHERE hash = $1", [hash]);
    },
    async takeMissing(limit) {
      await pool.query("DELETE FROM missing_record m USING record r WHERE r.hash = m.hash");
      const { rows } = await pool.query(lease("missing_record"), [limit]);
      return rows.map((row: { hash: Hash }) => row.hash);
    },
    storeFound: (bytes) => inTransaction(pool, (tx) => storeRecord(tx, bytes)),
  };
}
