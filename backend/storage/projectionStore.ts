import type { Pool } from "pg";
import { domainSeparator } from "../domain/eip712.ts";
import { DomainError } from "../domain/errors.ts";
import { type Failpoint, NO_FAILPOINT } from "../domain/failpoint.ts";
import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import { advanceFinality, type Block, type Finality } from "../domain/reconciliation/decideStep.ts";
import type { Hash } from "../domain/types.ts";
import { closeAppliedItems, closeRejectedItems, reopenUndoneItems } from "./acceptedItems.ts";
import {
  type ChainCursor,
  createCursor,
  type FollowedDeployment,
  lockCursor,
  moveCursor,
  readCursor,
  readOpenBlocks,
} from "./chainCursor.ts";
import { inTransaction, type Transaction } from "./database.ts";
import { projectBlocks, pruneBlocks, undoBlocks } from "./projection.ts";

/** Where the projection stands, with the hashes of the blocks that may still be undone. */
export type ProjectionPosition = { readonly cursor: ChainCursor; readonly openBlocks: ReadonlyMap<number, Hash> };

/** The projection of one deployment's logs. Every change is one COMMIT of rows and cursor together. */
export type ProjectionStore = {
  /** Null before `begin`. Throws `deployment-differs` when the database follows another contract. */
  read(): Promise<ProjectionPosition | null>;
  /** @param before the block before the one that the contract was deployed in */
  begin(before: Block): Promise<void>;
  /** Adds blocks that follow the head `expectedHead`; `claimed` is the chain's word about finality. */
  append(
    expectedHead: Hash,
    blocks: readonly Block[],
    logs: readonly DecodedLog[],
    head: Block,
    claimed: Finality,
  ): Promise<void>;
  /** Undoes every block above `to`. */
  rollback(expectedHead: Hash, to: number): Promise<void>;
  /** Notes what became safe and final; closes what can never happen any more. Answers whether anything changed. */
  finalize(expectedHead: Hash, claimed: Finality): Promise<boolean>;
};

export function openProjection(
  pool: Pool,
  deployment: FollowedDeployment,
  failpoint: Failpoint = NO_FAILPOINT,
): ProjectionStore {
  const separator = domainSeparator(deployment);
  return {
    async read() {
      const cursor = await readCursor(pool as Transaction);
      if (cursor === null) return null;
      requireSameDeployment(cursor, deployment);
      return { cursor, openBlocks: await readOpenBlocks(pool as Transaction) };
    },
    begin: (before) => inTransaction(pool, (tx) => createCursor(tx, deployment, before)),
    append: (expectedHead, blocks, logs, head, claimed) =>
      inTransaction(pool, async (tx) => {
        const cursor = await lockCursor(tx, expectedHead);
        const digests = await projectBlocks(tx, separator, blocks, logs);
        failpoint("index.mid");
        await closeAppliedItems(tx, digests);
        await settle(tx, cursor, head, claimed);
      }),
    rollback: (expectedHead, to) =>
      inTransaction(pool, async (tx) => {
        const cursor = await lockCursor(tx, expectedHead);
        if (to < cursor.finalizedNumber) {
          throw new DomainError("deep-reorg", "Nothing below the finalized block is ever undone.", { to, ...cursor });
        }
        await reopenUndoneItems(tx, await undoBlocks(tx, to));
        const { rows } = await tx.query("SELECT number, hash, time FROM chain_block WHERE number = $1", [to]);
        const safeNumber = Math.min(cursor.safeNumber, to);
        await moveCursor(tx, rows[0], { safeNumber, finalizedNumber: cursor.finalizedNumber });
      }),
    finalize: (expectedHead, claimed) =>
      inTransaction(pool, async (tx) => {
        const cursor = await lockCursor(tx, expectedHead);
        const head = { number: cursor.headNumber, hash: cursor.headHash, time: cursor.headTime };
        return settle(tx, cursor, head, claimed);
      }),
  };
}

async function settle(
  tx: Transaction,
  cursor: ChainCursor,
  head: Pick<Block, "number" | "hash" | "time">,
  claimed: Finality,
): Promise<boolean> {
  const finality = advanceFinality(cursor, head.number, claimed);
  const same = finality.safeNumber === cursor.safeNumber && finality.finalizedNumber === cursor.finalizedNumber;
  if (same && head.hash === cursor.headHash) return false;
  await moveCursor(tx, head, finality);
  if (finality.finalizedNumber > cursor.finalizedNumber) {
    await closeRejectedItems(tx);
    await pruneBlocks(tx, finality.finalizedNumber);
  }
  return true;
}

function requireSameDeployment(cursor: ChainCursor, deployment: FollowedDeployment): void {
  const names = ["chainId", "contract", "deploymentBlock"] as const;
  const differing = names.find((name) => cursor[name] !== deployment[name]);
  if (differing !== undefined) {
    throw new DomainError(
      "deployment-differs",
      `The database follows another deployment: its ${differing} is ${cursor[differing]}, not ${deployment[differing]}.`,
      { database: cursor[differing], configured: deployment[differing] },
    );
  }
}
