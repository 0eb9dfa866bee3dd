import { closeRejectedItems } from "../../storage/acceptedItems.ts";
import { type Check, sqlCheck } from "./check.ts";

const ON_CHAIN =
  "EXISTS (SELECT FROM chain_custody_step s WHERE s.digest = i.digest AND s.passport_id = i.passport_id)";
const FINAL_TIME = "(SELECT b.time FROM chain_cursor c JOIN chain_block b ON b.number = c.finalized_number)";

/** What was accepted is kept, and ends as the chain says (I1, I7). */
export const PROMISE_CHECKS: readonly Check[] = [
  sqlCheck({
    id: "events-have-their-items",
    invariant: "I1",
    says: "every accepted event has a row for each of its items",
    quick: false,
    breaches: `SELECT e.digest, jsonb_array_length(e.event->'items') AS signed, count(i.digest)::int AS stored
      FROM accepted_event e LEFT JOIN accepted_item i ON i.digest = e.digest GROUP BY e.digest
      HAVING count(i.digest) <> jsonb_array_length(e.event->'items')`,
  }),
  sqlCheck({
    id: "items-on-chain-are-applied",
    invariant: "I1",
    says: "no item that the chain has applied counts as open or rejected",
    quick: false,
    breaches: `SELECT i.digest, i.position, i.state FROM accepted_item i
      WHERE i.state IN ('open', 'rejected') AND ${ON_CHAIN}`,
    repair: async (tx) => {
      await tx.query(
        `UPDATE accepted_item i SET state = 'applied', reason = NULL WHERE i.state IN ('open', 'rejected') AND ${ON_CHAIN}`,
      );
    },
  }),
  sqlCheck({
    id: "applied-items-are-on-chain",
    invariant: "I1",
    says: "every item that counts as applied is a step of its passport's history",
    quick: false,
    breaches: `SELECT i.digest, i.position FROM accepted_item i WHERE i.state = 'applied' AND NOT ${ON_CHAIN}`,
    repair: async (tx) => {
      await tx.query(`UPDATE accepted_item i SET state = 'open' WHERE i.state = 'applied' AND NOT ${ON_CHAIN}`);
    },
  }),
  sqlCheck({
    id: "overdue-items-are-closed",
    invariant: "I1",
    says: "no item is open whose deadline has passed at the finalized block",
    quick: true,
    breaches: `SELECT i.digest, i.position FROM accepted_item i JOIN accepted_event e ON e.digest = i.digest
      WHERE i.state = 'open' AND e.deadline < ${FINAL_TIME} AND NOT ${ON_CHAIN}`,
    repair: closeRejectedItems,
  }),
  sqlCheck({
    id: "rejections-are-final",
    invariant: "I1",
    says: "an item is rejected, with a reason, only when its deadline has passed or its head is superseded",
    quick: false,
    breaches: `SELECT i.digest, i.position, i.reason FROM accepted_item i JOIN accepted_event e ON e.digest = i.digest
      WHERE i.state = 'rejected' AND (i.reason IS NULL OR e.deadline >= ${FINAL_TIME}
        AND NOT EXISTS (SELECT FROM chain_custody_step s
          WHERE s.passport_id = i.passport_id AND s.prev_head = i.prev_head AND s.digest <> i.digest)
        AND NOT EXISTS (SELECT FROM accepted_item b
          WHERE b.passport_id = i.passport_id AND b.head = i.prev_head AND b.state = 'rejected'))`,
  }),
  sqlCheck({
    id: "promises-are-kept",
    invariant: "I7",
    says: "no receipt's time has run out while its event waits for the chain",
    quick: true,
    breaches: `SELECT e.digest, (e.receipt->>'anchorBefore')::bigint AS "anchorBefore" FROM accepted_event e
      WHERE e.digest IN (SELECT digest FROM accepted_item WHERE state = 'open')
        AND (e.receipt->>'anchorBefore')::bigint < extract(epoch FROM now())`,
  }),
  sqlCheck({
    id: "the-counter-is-ahead",
    invariant: "I1",
    says: "the counter of accepted events is above every number that it gave",
    quick: true,
    breaches: `SELECT c.next, last.position FROM accept_counter c, (SELECT max(position) AS position FROM accepted_event)
      AS last WHERE last.position >= c.next`,
    repair: async (tx) => {
      await tx.query(
        `UPDATE accept_counter SET next = (SELECT max(position) + 1 FROM accepted_event)
         WHERE next <= (SELECT max(position) FROM accepted_event)`,
      );
    },
  }),
  sqlCheck({
    id: "accepted-records-are-here",
    invariant: "I1",
    says: "every record behind an accepted item is in the tables",
    quick: false,
    breaches: `SELECT e.digest, item->>'recordHash' AS "recordHash"
      FROM accepted_event e CROSS JOIN LATERAL jsonb_array_elements(e.event->'items') AS item
      WHERE NOT EXISTS (SELECT FROM record r WHERE r.hash = item->>'recordHash')`,
    repair: async (tx) => {
      await tx.query(
        `INSERT INTO missing_record (hash) SELECT DISTINCT item->>'recordHash'
         FROM accepted_event e CROSS JOIN LATERAL jsonb_array_elements(e.event->'items') AS item
         WHERE NOT EXISTS (SELECT FROM record r WHERE r.hash = item->>'recordHash') ON CONFLICT DO NOTHING`,
      );
    },
  }),
];
