import { ZERO_HASH, ZERO_HEAD } from "../../domain/bytes.ts";
import { type Check, sqlCheck } from "./check.ts";

/** Histories hang together, passport by passport and publisher by publisher (I2, I3). */
export const HISTORY_CHECKS: readonly Check[] = [
  sqlCheck({
    id: "histories-have-no-gap",
    invariant: "I2",
    says: "every step starts from the head that the step before it left, from the first one on",
    quick: false,
    breaches: `SELECT "passportId", sequence FROM (
        SELECT passport_id AS "passportId", sequence, prev_head, row_number() OVER history - 1 AS place,
          lag(head) OVER history AS before FROM chain_custody_step
        WINDOW history AS (PARTITION BY passport_id ORDER BY sequence)) AS step
      WHERE sequence <> place OR prev_head <> coalesce(before, '${ZERO_HEAD}')`,
  }),
  sqlCheck({
    id: "passports-stand-at-their-last-step",
    invariant: "I2",
    says: "every passport is as its last step left it",
    quick: false,
    breaches: `SELECT coalesce(p.id, s.passport_id) AS "passportId" FROM chain_passport p
      FULL JOIN (SELECT DISTINCT ON (passport_id) * FROM chain_custody_step ORDER BY passport_id, sequence DESC) s
        ON s.passport_id = p.id
      WHERE (p.head, p.custodian, p.phase, p.moved, p.length)
        IS DISTINCT FROM (s.head, s.custodian, s.phase, s.moved, s.sequence + 1)`,
  }),
  sqlCheck({
    id: "steps-come-from-logs",
    invariant: "I3",
    says: "every step is an item that a log of its block applied",
    quick: false,
    breaches: `SELECT s.passport_id AS "passportId", s.sequence FROM chain_custody_step s
      WHERE NOT EXISTS (SELECT FROM chain_custody_log l
        WHERE l.block_number = s.block_number AND l.log_index = s.log_index AND l.digest = s.digest)`,
  }),
  sqlCheck({
    id: "anchors-are-contiguous",
    invariant: "I3",
    says: "every anchor of a publisher continues its accumulator, from zero on",
    quick: false,
    breaches: `SELECT publisher, sequence FROM (
        SELECT publisher, sequence, prev_accumulator, row_number() OVER anchors - 1 AS place,
          lag(accumulator) OVER anchors AS before FROM chain_anchor
        WINDOW anchors AS (PARTITION BY publisher ORDER BY sequence)) AS anchor
      WHERE sequence <> place OR prev_accumulator <> coalesce(before, '${ZERO_HASH}')`,
  }),
];
