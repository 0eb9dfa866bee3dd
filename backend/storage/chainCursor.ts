import { DomainError } from "../domain/errors.ts";
import type { Block, Finality } from "../domain/reconciliation/decideStep.ts";
import type { Address, Hash } from "../domain/types.ts";
import type { Transaction } from "./database.ts";

/** Which contract is followed, and from where. */
export type FollowedDeployment = {
  readonly chainId: number;
  readonly contract: Address;
  readonly deploymentBlock: number;
};

export type ChainCursor = FollowedDeployment &
  Finality & { readonly headNumber: number; readonly headHash: Hash; readonly headTime: number };

const COLUMNS = `chain_id AS "chainId", contract, deployment_block AS "deploymentBlock", head_number AS "headNumber",
  head_hash AS "headHash", head_time AS "headTime", safe_number AS "safeNumber", finalized_number AS "finalizedNumber"`;

/** Where the follower stands; null before it began. */
export async function readCursor(tx: Transaction): Promise<ChainCursor | null> {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM chain_cursor`);
  return rows[0] ?? null;
}

/**
 * Takes the cursor for a change. Two followers may run on one database: whoever reads a cursor that the other has moved
 * meanwhile gets `cursor-moved`, and starts again from the new one.
 */
export async function lockCursor(tx: Transaction, expectedHead: Hash): Promise<ChainCursor> {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM chain_cursor FOR UPDATE`);
  const cursor: ChainCursor | undefined = rows[0];
  if (cursor?.headHash !== expectedHead) {
    throw new DomainError("cursor-moved", "Another follower has moved the cursor.", { expectedHead });
  }
  return cursor;
}

/** Starts the projection before the deployment block; a second call finds the row that is there. */
export async function createCursor(tx: Transaction, deployment: FollowedDeployment, before: Block): Promise<void> {
  const { rowCount } = await tx.query(
    `INSERT INTO chain_cursor (chain_id, contract, deployment_block, head_number, head_hash, head_time, safe_number,
       finalized_number) VALUES ($1, $2, $3, $4, $5, $6, $4, $4) ON CONFLICT DO NOTHING`,
    [deployment.chainId, deployment.contract, deployment.deploymentBlock, before.number, before.hash, before.time],
  );
  if (rowCount === 1) {
    await tx.query("INSERT INTO chain_block (number, hash, parent_hash, time) VALUES ($1, $2, $3, $4)", [
      before.number,
      before.hash,
      before.parentHash,
      before.time,
    ]);
  }
}

export async function moveCursor(
  tx: Transaction,
  head: Pick<Block, "number" | "hash" | "time">,
  finality: Finality,
): Promise<void> {
  await tx.query(
    `UPDATE chain_cursor SET head_number = $1, head_hash = $2, head_time = $3, safe_number = $4, finalized_number = $5`,
    [head.number, head.hash, head.time, finality.safeNumber, finality.finalizedNumber],
  );
}

/** Hashes of the blocks that may still be undone, from the finalized one to the head. */
export async function readOpenBlocks(tx: Transaction): Promise<Map<number, Hash>> {
  const { rows } = await tx.query(
    "SELECT number, hash FROM chain_block WHERE number >= (SELECT finalized_number FROM chain_cursor)",
  );
  return new Map(rows.map((row: { number: number; hash: Hash }) => [row.number, row.hash]));
}
