import type { Hash } from "../domain/types.ts";
import type { Transaction } from "./database.ts";

/** Items of these events that the projection shows as applied are done. */
export async function closeAppliedItems(tx: Transaction, digests: readonly Hash[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query(
    `UPDATE accepted_item i SET state = 'applied', reason = NULL FROM chain_custody_step s
     WHERE i.digest = ANY($1) AND i.state = 'open' AND s.digest = i.digest AND s.passport_id = i.passport_id`,
    [digests],
  );
}

/** Items whose step was undone with its block are open again: what was accepted is still promised. */
export async function reopenUndoneItems(tx: Transaction, digests: readonly Hash[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query(
    `UPDATE accepted_item i SET state = 'open' WHERE i.digest = ANY($1) AND i.state = 'applied'
     AND NOT EXISTS (SELECT FROM chain_custody_step s WHERE s.digest = i.digest AND s.passport_id = i.passport_id)`,
    [digests],
  );
}

const FINAL_TIME = `SELECT b.time FROM chain_cursor c JOIN chain_block b ON b.number = c.finalized_number`;

// The contract's last word about the item or its whole event, if it said any.
const REASON = `(SELECT r.reason FROM chain_rejection r WHERE r.digest = i.digest AND r.item_index IN (-1, i.position)
  ORDER BY r.block_number DESC, r.log_index DESC LIMIT 1)`;

/**
 * Closes items that can never be applied any more, as of the finalized block: the deadline has passed, or another event
 * took the head that they start from. Items that start from the head of such an item follow it: that head will never
 * exist.
 */
export async function closeRejectedItems(tx: Transaction): Promise<void> {
  await tx.query(
    `UPDATE accepted_item i SET state = 'rejected', reason = coalesce(${REASON}, 'deadline-passed')
     FROM accepted_event e WHERE e.digest = i.digest AND i.state = 'open' AND e.deadline < (${FINAL_TIME})
     AND NOT EXISTS (SELECT FROM chain_custody_step s WHERE s.digest = i.digest AND s.passport_id = i.passport_id)`,
  );
  await tx.query(
    `UPDATE accepted_item i SET state = 'rejected', reason = 'stale-head' FROM chain_custody_step s, chain_cursor c
     WHERE i.state = 'open' AND s.passport_id = i.passport_id AND s.prev_head = i.prev_head AND s.digest <> i.digest
     AND s.block_number <= c.finalized_number`,
  );
  await tx.query(
    `WITH RECURSIVE doomed AS (
       SELECT i.digest, i.position, i.passport_id, i.head FROM accepted_item i
       JOIN accepted_item before ON before.passport_id = i.passport_id AND before.head = i.prev_head
       WHERE i.state = 'open' AND before.state = 'rejected'
       UNION
       SELECT i.digest, i.position, i.passport_id, i.head FROM accepted_item i
       JOIN doomed ON doomed.passport_id = i.passport_id AND doomed.head = i.prev_head WHERE i.state = 'open')
     UPDATE accepted_item i SET state = 'rejected', reason = 'stale-head' FROM doomed
     WHERE i.digest = doomed.digest AND i.position = doomed.position`,
  );
}
