import type { Pool } from "pg";
import type { SignedDataRecord } from "../domain/anchors/dataRecord.ts";
import type { Hash, ParticipantId } from "../domain/types.ts";
import { inTransaction, type Transaction } from "./database.ts";
import { DATA_RECORD_COLUMNS } from "./dataRecords.ts";
import { type Columns, insertRows } from "./insertRows.ts";
import { noteMissingRecords } from "./projectedLogs.ts";

/** An anchor whose leaves are not here yet. */
export type MissingManifest = {
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly root: Hash;
  readonly count: number;
  readonly manifestHash: Hash;
  readonly accumulator: Hash;
};

export type Leaf = SignedDataRecord & { readonly digest: Hash };

export type ManifestQueue = {
  /** Each is given out again only after a pause that grows with its attempts; whoever dies leaves it to the next one. */
  take(limit: number): Promise<MissingManifest[]>;
  /** A block that is here already; null for one that is not. */
  readBlock(hash: Hash): Promise<Uint8Array | null>;
  /** Stores what the anchor was proven to hold; nothing, if a reorganisation took the anchor meanwhile. */
  store(anchor: MissingManifest, blocks: ReadonlyMap<Hash, Uint8Array>, leaves: readonly Leaf[]): Promise<void>;
  /** Notes why the last attempt came to nothing. */
  noteFailure(anchor: MissingManifest, reason: string): Promise<void>;
};

export function openManifestQueue(pool: Pool): ManifestQueue {
  return {
    async take(limit) {
      const { rows } = await pool.query<MissingManifest>(
        `WITH taken AS (UPDATE missing_manifest SET attempts = attempts + 1,
             next_attempt_at = now() + least(interval '1 hour', interval '2 seconds' * power(2, least(attempts, 20)))
           WHERE (publisher, sequence) IN (SELECT publisher, sequence FROM missing_manifest
             WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
           RETURNING publisher, sequence)
         SELECT publisher, sequence, root, count, manifest_hash AS "manifestHash", accumulator
           FROM taken JOIN chain_anchor USING (publisher, sequence)`,
        [limit],
      );
      return rows;
    },
    async readBlock(hash) {
      const { rows } = await pool.query<{ bytes: Buffer }>("SELECT bytes FROM content_block WHERE hash = $1", [hash]);
      return rows[0]?.bytes ?? null;
    },
    store: (anchor, blocks, leaves) =>
      inTransaction(pool, async (tx) => {
        const { publisher, sequence, accumulator } = anchor;
        const { rowCount } = await tx.query(
          "SELECT FROM chain_anchor WHERE publisher = $1 AND sequence = $2 AND accumulator = $3 FOR KEY SHARE",
          [publisher, sequence, accumulator],
        );
        if (rowCount === 0) return;
        await insertBlocks(tx, blocks);
        await insertLeaves(tx, anchor, leaves);
        await noteMissingRecords(
          tx,
          leaves.map(({ recordHash }) => recordHash),
        );
        await closeAnchored(tx, anchor);
        await tx.query("DELETE FROM missing_manifest WHERE publisher = $1 AND sequence = $2", [publisher, sequence]);
      }),
    async noteFailure({ publisher, sequence }, reason) {
      await pool.query("UPDATE missing_manifest SET reason = $3 WHERE publisher = $1 AND sequence = $2", [
        publisher,
        sequence,
        reason,
      ]);
    },
  };
}

/** Blocks by their hash; one that is there stays. */
export async function insertBlocks(tx: Transaction, blocks: ReadonlyMap<Hash, Uint8Array>): Promise<void> {
  const columns: Columns<readonly [Hash, Uint8Array]> = [
    ["hash", "text", ([hash]) => hash],
    ["bytes", "bytea", ([, bytes]) => Buffer.from(bytes)],
  ];
  await insertRows(tx, "content_block", columns, [...blocks], "ON CONFLICT DO NOTHING");
}

async function insertLeaves(
  tx: Transaction,
  { publisher, sequence }: MissingManifest,
  leaves: readonly Leaf[],
): Promise<void> {
  const numbered = leaves.map((leaf, leafIndex) => ({ ...leaf, leafIndex }));
  const columns: Columns<(typeof numbered)[number]> = [
    ["publisher", "int", () => publisher],
    ["sequence", "int", () => sequence],
    ["leaf_index", "int", (leaf) => leaf.leafIndex],
    ...DATA_RECORD_COLUMNS,
  ];
  await insertRows(tx, "anchored_record", columns, numbered, "ON CONFLICT DO NOTHING");
}

/**
 * What was promised here and stands in this anchor is done. Only with the author's own signature bytes: a publisher who
 * anchored the record with others, which may be forged, has not kept our promise.
 */
async function closeAnchored(tx: Transaction, { publisher, sequence }: MissingManifest): Promise<void> {
  await tx.query(
    `UPDATE data_record d SET state = 'anchored' FROM anchored_record a
     WHERE a.publisher = $1 AND a.sequence = $2 AND d.digest = a.digest AND d.signature = a.signature`,
    [publisher, sequence],
  );
}
