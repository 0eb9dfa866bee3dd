import { DomainError } from "../../domain/errors.ts";
import type { UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** What waits for the chain, and how much may. */
export type Backlog = {
  count(tx: Transaction, now: UnixTime): Promise<void>;
  /** Throws `events-backlog-full` when there is no room for that many more. */
  take(items: number): void;
};

/**
 * Counts what is open at most once a second: the bound protects the disk and the promises, it need not be exact.
 * @param openRows SQL that selects a row for each open item
 */
export function boundBacklog(max: number, openRows: string): Backlog {
  let countedAt = 0;
  let open = 0;
  return {
    async count(tx, now) {
      if (now === countedAt) return;
      const { rows } = await tx.query<{ open: string }>(
        `SELECT count(*) AS open FROM (${openRows} LIMIT $1) AS counted`,
        [max],
      );
      countedAt = now;
      open = Number(rows[0]?.open ?? 0);
    },
    take(items) {
      if (open + items > max) {
        const sentence = "Too much that was accepted waits for the chain; this server takes more when it has landed.";
        throw new DomainError("events-backlog-full", sentence, { maxOpenItems: max });
      }
      open += items;
    },
  };
}
