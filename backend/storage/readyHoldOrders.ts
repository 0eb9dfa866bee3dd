import type { Pool } from "pg";
import type { HoldOrder } from "../domain/custody/holds.ts";
import { roleBits } from "../domain/participants/roles.ts";
import type { Hash, Hex, PassportId } from "../domain/types.ts";

/** A hold or release that the contract would carry out now. */
export type ReadyHoldOrder = {
  readonly digest: Hash;
  readonly order: HoldOrder;
  /** The regulator's, or of a quorum as many governors' as the threshold asks for, ascending by governor. */
  readonly signatures: readonly Hex[];
};

/** Orders that regulators signed, and releases that enough of the present governors signed. */
const SIGNED = `
  SELECT o.digest, o.passport_id, o.kind, o.regulator, o.counter, o.until, o.reason_hash, o.deadline,
         ARRAY[o.signature] AS signatures, o.created_at
    FROM hold_order o JOIN chain_participant p ON p.id = o.regulator AND p.active AND p.roles & ${roleBits(["REGULATOR"])} <> 0
  UNION ALL
  SELECT d.digest, d.proposal->>'passportId', 'release', 0, (d.proposal->>'counter')::bigint, NULL,
         d.proposal->>'reasonHash', (d.proposal->>'deadline')::bigint,
         (array_agg(a.signature ORDER BY a.governor))[:quorum.threshold], d.created_at
    FROM proposal_draft d JOIN proposal_approval a ON a.digest = d.digest
    CROSS JOIN (SELECT governors, threshold FROM chain_governor_set ORDER BY block_number DESC, log_index DESC LIMIT 1) quorum
   WHERE d.proposal->>'kind' = 'release' AND a.governor = ANY(quorum.governors)
   GROUP BY d.digest, quorum.threshold HAVING count(*) >= quorum.threshold`;

type Row = {
  readonly digest: Hash;
  readonly passportId: PassportId;
  readonly kind: "hold" | "release";
  readonly regulator: number;
  readonly counter: string;
  readonly until: string | null;
  readonly reasonHash: Hash;
  readonly deadline: string;
  readonly signatures: Hex[];
};

/**
 * The oldest order with the number that its passport's next hold (or the hold that stands, for a release) has, before
 * its deadline, and in no submission that is not done (or was tried a minute ago without effect).
 */
export async function readReadyHoldOrder(pool: Pool): Promise<ReadyHoldOrder | null> {
  const { rows } = await pool.query<Row>(
    `SELECT o.digest, o.passport_id AS "passportId", o.kind, o.regulator, o.counter, o.until,
            o.reason_hash AS "reasonHash", o.deadline, o.signatures
       FROM (${SIGNED}) o JOIN chain_passport passport ON passport.id = o.passport_id
       LEFT JOIN LATERAL (SELECT h.counter, h.held FROM chain_hold h WHERE h.passport_id = o.passport_id
         ORDER BY h.block_number DESC, h.log_index DESC LIMIT 1) last ON true
      CROSS JOIN (SELECT head_time FROM chain_cursor) cursor
      WHERE o.deadline > cursor.head_time
        AND CASE o.kind
          WHEN 'hold' THEN passport.phase = 'active' AND o.until > cursor.head_time
            AND o.counter = coalesce(last.counter, 0) + 1
          ELSE passport.held AND o.counter = last.counter END
        AND NOT EXISTS (SELECT FROM submission_event se JOIN submission s ON s.id = se.submission_id
          WHERE se.digest = o.digest AND (s.state IN ('sealed', 'submitted') OR s.sealed_at > now() - interval '1 minute'))
      ORDER BY o.created_at, o.digest LIMIT 1`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { digest, signatures, passportId, regulator, reasonHash } = row;
  const common = { passportId, regulator, counter: Number(row.counter), reasonHash, deadline: Number(row.deadline) };
  const order: HoldOrder =
    row.kind === "hold" ? { kind: "hold", ...common, until: Number(row.until) } : { kind: "release", ...common };
  return { digest, order, signatures };
}
