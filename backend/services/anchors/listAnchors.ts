import { DomainError } from "../../domain/errors.ts";
import { cidOf } from "../../domain/records/cid.ts";
import type { Hash, Hex, ParticipantId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, type Page, pageOf } from "../cursor.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";

export type ListedAnchor = {
  readonly publisher: ParticipantId;
  /** Its place among the publisher's anchors, from 0. */
  readonly sequence: number;
  readonly state: Finality;
  readonly block: { readonly number: number; readonly hash: Hash };
  readonly transaction: Hash;
  readonly root: Hash;
  /** Number of leaves. */
  readonly count: number;
  readonly prevAccumulator: Hash;
  readonly accumulator: Hash;
  readonly signature: Hex;
  readonly manifest: {
    readonly hash: Hash;
    readonly cid: string;
    /** `missing` while the leaves are not here; then with the code of what kept the last attempt from them. */
    readonly state: "here" | "missing";
    readonly reason?: string;
  };
};

export type AnchorQuery = {
  readonly publisher?: ParticipantId | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** Anchors on chain, whoever published them, ordered by publisher and sequence. */
export async function listAnchors(database: Database, query: AnchorQuery): Promise<Page<ListedAnchor>> {
  const after = query.cursor === undefined ? [0, -1] : decodeCursor(query.cursor, PLACE_KEY).split(".").map(Number);
  const anchors = await readAnchors(
    database,
    "($1::int IS NULL OR publisher = $1) AND (publisher, sequence) > ($2::int, $3::int)",
    [query.publisher ?? null, ...after],
    query.limit + 1,
  );
  return pageOf(anchors, query.limit, ({ publisher, sequence }) => `${publisher}.${sequence}`);
}

/** One anchor. Throws `anchor-unknown`. */
export async function readAnchor(
  database: Database,
  publisher: ParticipantId,
  sequence: number,
): Promise<ListedAnchor> {
  const [anchor] = await readAnchors(database, "publisher = $1 AND sequence = $2", [publisher, sequence], 1);
  if (anchor !== undefined) return anchor;
  throw new DomainError("anchor-unknown", "There is no such anchor on the chain.", { publisher, sequence });
}

const PLACE_KEY = /^\d{1,8}\.\d{1,9}$/;

type Row = Omit<ListedAnchor, "state" | "block" | "manifest"> & {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly manifestHash: Hash;
  readonly missing: boolean;
  readonly reason: string | null;
};

async function readAnchors(
  { pool }: Database,
  condition: string,
  values: readonly unknown[],
  limit: number,
): Promise<ListedAnchor[]> {
  const { rows } = await pool.query<Row>(
    `SELECT publisher, sequence, tx_hash AS transaction, root, count, prev_accumulator AS "prevAccumulator",
            accumulator, signature, block_number AS "blockNumber", block_hash AS "blockHash",
            manifest_hash AS "manifestHash", missing.publisher IS NOT NULL AS missing, missing.reason
       FROM chain_anchor LEFT JOIN missing_manifest AS missing USING (publisher, sequence)
      WHERE ${condition} ORDER BY publisher, sequence LIMIT ${limit}`,
    [...values],
  );
  const heights = await readHeights(pool);
  return rows.map(({ blockNumber, blockHash, manifestHash, missing, reason, ...anchor }) => ({
    ...anchor,
    state: finalityOf(blockNumber, heights),
    block: { number: blockNumber, hash: blockHash },
    manifest: {
      hash: manifestHash,
      cid: cidOf(manifestHash),
      state: missing ? "missing" : "here",
      ...(reason === null ? {} : { reason }),
    },
  }));
}
