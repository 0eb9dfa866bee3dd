import type { Pool } from "pg";
import type { PlannedAnchor, QueuedDataRecord } from "../domain/anchors/planAnchor.ts";
import { ZERO_HASH } from "../domain/bytes.ts";
import type { Address, Hash, ParticipantId } from "../domain/types.ts";
import { inTransaction } from "./database.ts";
import { DATA_RECORD_FIELDS } from "./dataRecords.ts";
import { insertBlocks } from "./manifestQueue.ts";
import { type Fence, insertSubmission, MAY_LAND, NO_FENCE } from "./submissions.ts";

/** A link of a publisher's chain of accumulators. */
export type AnchorLink = { readonly prevAccumulator: Hash; readonly accumulator: Hash };

/** Where a publisher's anchors stand. */
export type AnchorProgress = {
  /** After its last anchor on chain; zero before the first. */
  readonly landed: Hash;
  /** Sealed and not on chain yet, in the order of sealing. */
  readonly flying: readonly AnchorLink[];
  /** How many failed since one landed, and how long ago the last of them was sealed. */
  readonly failures: number;
  readonly secondsSinceFailure: number;
};

export type AnchorQueue = {
  /** How many data records wait, counted up to `most`, and how long the oldest has, in seconds. */
  readWaiting(most: number): Promise<{ readonly count: number; readonly oldestSeconds: number }>;
  /** Data records that no submission carries that has landed or may still land, in the order of acceptance. */
  readQueue(limit: number): Promise<QueuedDataRecord[]>;
  readProgress(publisher: ParticipantId): Promise<AnchorProgress>;
  readPublisher(
    id: ParticipantId,
  ): Promise<{ readonly signer: Address; readonly roles: number; readonly active: boolean } | undefined>;
  /** Seals an anchor: submission, leaves, manifest, and the order to publish it, in one COMMIT. */
  seal(anchor: SealedAnchor): Promise<void>;
};

export type SealedAnchor = PlannedAnchor & {
  readonly calldata: Uint8Array;
  readonly gasLimit: number;
  /** Of its data records, in the order of the leaves. */
  readonly digests: readonly Hash[];
};

const LANDED = "EXISTS (SELECT FROM chain_anchor c WHERE c.accumulator = a.accumulator)";

const WAITING = `data_record d WHERE d.state = 'open' AND NOT EXISTS (
  SELECT FROM submission_event se JOIN submission s ON s.id = se.submission_id
    JOIN sealed_anchor a ON a.submission_id = s.id WHERE se.digest = d.digest AND (${MAY_LAND} OR ${LANDED}))`;

/** @param fence keeps a leader that another has replaced from sealing */
export function openAnchorQueue(pool: Pool, fence: Fence = NO_FENCE): AnchorQueue {
  return {
    async readWaiting(most) {
      const { rows } = await pool.query(
        `SELECT count(*)::int AS count, coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::float8 AS "oldestSeconds"
           FROM (SELECT accepted_at FROM ${WAITING} ORDER BY d.position LIMIT $1) AS waiting`,
        [most],
      );
      return rows[0];
    },
    async readQueue(limit) {
      const { rows } = await pool.query(
        `SELECT ${DATA_RECORD_FIELDS}, extract(epoch FROM now() - accepted_at)::float8 AS "secondsWaiting"
           FROM ${WAITING} ORDER BY d.position LIMIT $1`,
        [limit],
      );
      return rows.map(({ digest, secondsWaiting, ...record }) => ({ digest, secondsWaiting, record }));
    },
    async readProgress(publisher) {
      const { rows } = await pool.query(
        `SELECT coalesce((SELECT accumulator FROM chain_anchor WHERE publisher = $1 ORDER BY sequence DESC LIMIT 1), $2)
             AS landed,
           (SELECT coalesce(json_agg(json_build_object('prevAccumulator', a.prev_accumulator,
                'accumulator', a.accumulator) ORDER BY s.id), '[]')
              FROM sealed_anchor a JOIN submission s ON s.id = a.submission_id
             WHERE a.publisher = $1 AND ${MAY_LAND} AND NOT ${LANDED}) AS flying,
           failed.count AS failures, failed.seconds AS "secondsSinceFailure"
         FROM (SELECT count(*)::int AS count, coalesce(extract(epoch FROM now() - max(s.sealed_at)), 0)::float8 AS seconds
                 FROM sealed_anchor a JOIN submission s ON s.id = a.submission_id
                WHERE a.publisher = $1 AND s.state = 'failed' AND s.id > coalesce((SELECT max(a.submission_id)
                  FROM sealed_anchor a WHERE a.publisher = $1 AND ${LANDED}), 0)) AS failed`,
        [publisher, ZERO_HASH],
      );
      return rows[0];
    },
    async readPublisher(id) {
      const { rows } = await pool.query("SELECT signer, roles, active FROM chain_participant WHERE id = $1", [id]);
      return rows[0];
    },
    seal: ({ anchor, manifest, accumulator, calldata, gasLimit, digests }) =>
      inTransaction(pool, async (tx) => {
        const epoch = await fence(tx);
        const id = await insertSubmission(tx, { kind: "anchor", calldata, gasLimit, digests }, epoch);
        await tx.query("INSERT INTO sealed_anchor VALUES ($1, $2, $3, $4)", [
          id,
          anchor.publisher,
          anchor.prevAccumulator,
          accumulator,
        ]);
        await insertBlocks(tx, manifest.blocks);
        await tx.query("INSERT INTO content_outbox (hash) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", [
          [...manifest.blocks.keys()],
        ]);
      }),
  };
}
