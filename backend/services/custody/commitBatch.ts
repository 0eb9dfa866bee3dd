import type { Pool } from "pg";
import { type Failpoint, NO_FAILPOINT } from "../../domain/failpoint.ts";
import { inTransaction, type Transaction } from "../../storage/database.ts";
import { databaseError, isDatabaseTrouble } from "../databaseTrouble.ts";

const ATTEMPTS = 3;

/**
 * Makes a batch durable in one transaction. When the outcome of a COMMIT is unknown, the next attempt must find by their
 * digests what was stored, and answer the same. What fails for another reason than the database's state is tried one by
 * one, so that no entry can spoil its neighbours'.
 * @param store decides about the batch and stores it; a result or an error for each entry, in order
 */
export async function commitBatch<T, R>(
  pool: Pool,
  batch: readonly T[],
  store: (tx: Transaction, batch: readonly T[]) => Promise<(R | Error)[]>,
  failpoint: Failpoint = NO_FAILPOINT,
): Promise<(R | Error)[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const results = await inTransaction(pool, async (tx) => {
        const decided = await store(tx, batch);
        failpoint("accept.beforeCommit");
        return decided;
      });
      failpoint("accept.afterCommit");
      return results;
    } catch (error) {
      if (isDatabaseTrouble(error) && attempt < ATTEMPTS) continue;
      if (batch.length === 1 || isDatabaseTrouble(error)) return batch.map(() => databaseError(error) as Error);
      const alone: (R | Error)[] = [];
      for (const entry of batch) alone.push(...(await commitBatch(pool, [entry], store, failpoint)));
      return alone;
    }
  }
}
