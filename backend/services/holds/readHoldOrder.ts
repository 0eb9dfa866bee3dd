import type { HoldOrder } from "../../domain/custody/holds.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash, PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";

/** superseded: another order took its number, so that it can never land; expired: its deadline passed. */
export type HoldOrderStage = "accepted" | "submitted" | Finality | "superseded" | "expired";

export type HoldOrderState = {
  readonly digest: Hash;
  readonly order: HoldOrder;
  readonly state: HoldOrderStage;
  readonly block?: { readonly number: number };
};

type Row = {
  readonly passportId: PassportId;
  readonly kind: HoldOrder["kind"];
  readonly regulator: number;
  readonly counter: string;
  readonly until: string | null;
  readonly reasonHash: Hash;
  readonly deadline: string;
  /** The block of the log that is exactly this order's. */
  readonly landedIn: number | null;
  readonly lastCounter: string | null;
  readonly lastHeld: boolean | null;
  readonly underWay: boolean;
};

/** A hold or release that was taken here, and how it stands. Throws `hold-order-unknown`. */
export async function readHoldOrder({ pool }: Database, digest: Hash, now: number): Promise<HoldOrderState> {
  const { rows } = await pool.query<Row>(
    `SELECT o.passport_id AS "passportId", o.kind, o.regulator, o.counter, o.until, o.reason_hash AS "reasonHash",
            o.deadline, last.counter AS "lastCounter", last.held AS "lastHeld",
            (SELECT h.block_number FROM chain_hold h WHERE h.passport_id = o.passport_id AND h.counter = o.counter
               AND h.held = (o.kind = 'hold') AND h.regulator = o.regulator AND h.reason_hash = o.reason_hash
               AND h.until IS NOT DISTINCT FROM o.until LIMIT 1) AS "landedIn",
            EXISTS (SELECT FROM submission_event se JOIN submission s ON s.id = se.submission_id
               WHERE se.digest = o.digest AND s.state IN ('sealed', 'submitted')) AS "underWay"
       FROM hold_order o
       LEFT JOIN LATERAL (SELECT h.counter, h.held FROM chain_hold h WHERE h.passport_id = o.passport_id
         ORDER BY h.block_number DESC, h.log_index DESC LIMIT 1) last ON true
      WHERE o.digest = $1`,
    [digest],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new DomainError("hold-order-unknown", "This server took no hold or release with this digest.", { digest });
  }
  const order = orderOf(row);
  if (row.landedIn !== null) {
    const state = finalityOf(row.landedIn, await readHeights(pool));
    return { digest, order, state, block: { number: row.landedIn } };
  }
  return { digest, order, state: stageOf(row, order, now) };
}

function orderOf({ kind, passportId, regulator, counter, reasonHash, deadline, until }: Row): HoldOrder {
  const common = { passportId, regulator, counter: Number(counter), reasonHash, deadline: Number(deadline) };
  return kind === "hold" ? { kind, ...common, until: Number(until) } : { kind, ...common };
}

function stageOf({ lastCounter, lastHeld, underWay }: Row, order: HoldOrder, now: number): HoldOrderStage {
  const last = Number(lastCounter ?? 0);
  const overtaken = order.kind === "hold" ? last >= order.counter : last > order.counter || lastHeld === false;
  if (overtaken) return "superseded";
  if (order.deadline < now) return "expired";
  return underWay ? "submitted" : "accepted";
}
