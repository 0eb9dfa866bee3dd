import type { Pool } from "pg";
import type { Release } from "../../domain/custody/holds.ts";
import { isQuorumOrder, type QuorumDecision, type Reassignment } from "../../domain/participants/quorumDecision.ts";
import type { Hash, Head, PassportId } from "../../domain/types.ts";

/** What the chain says about an order of the quorum. */
export type OrderView = {
  /** Block in which it took effect; null while it did not. */
  readonly landedIn: number | null;
  /** Whether a passport moved, or a hold ended, so that it can never take effect. */
  readonly superseded: boolean;
};

/** Those of the decisions that are orders, by digest. */
export async function readOrderViews(
  pool: Pool,
  decisions: readonly { readonly digest: Hash; readonly decision: QuorumDecision }[],
): Promise<ReadonlyMap<Hash, OrderView>> {
  const orders = decisions.filter(({ decision }) => isQuorumOrder(decision));
  const views = new Map<Hash, OrderView>();
  if (orders.length === 0) return views;
  for (const { digest, decision } of orders) {
    const view = decision.kind === "release" ? viewRelease(pool, decision) : viewReassignment(pool, digest, decision);
    views.set(digest, await view);
  }
  return views;
}

async function viewRelease(pool: Pool, { passportId, counter }: Release): Promise<OrderView> {
  const { rows } = await pool.query<{ held: boolean; counter: string; regulator: number; number: number }>(
    `SELECT held, counter, regulator, block_number AS number FROM chain_hold
      WHERE passport_id = $1 AND counter >= $2 ORDER BY block_number DESC, log_index DESC`,
    [passportId, counter],
  );
  const landed = rows.find((row) => !row.held && row.regulator === 0 && Number(row.counter) === counter);
  const standing = rows[0];
  const superseded = standing === undefined || !standing.held || Number(standing.counter) !== counter;
  return { landedIn: landed?.number ?? null, superseded };
}

async function viewReassignment(pool: Pool, digest: Hash, decision: QuorumDecision): Promise<OrderView> {
  const { items } = decision as Reassignment;
  const landed = await pool.query<{ number: number | null }>(
    "SELECT min(block_number) AS number FROM chain_custody_log WHERE digest = $1",
    [digest],
  );
  const { rows } = await pool.query<{ id: PassportId; head: Head }>(
    "SELECT id, head FROM chain_passport WHERE id = ANY($1::text[])",
    [items.map(({ passportId }) => passportId)],
  );
  const heads = new Map(rows.map(({ id, head }) => [id, head]));
  const superseded = items.every(({ passportId, prevHead }) => heads.get(passportId) !== prevHead);
  return { landedIn: landed.rows[0]?.number ?? null, superseded };
}
