import { createChainReader } from "../../backend/chain/chainReader.ts";
import { openProjection } from "../../backend/storage/projectionStore.ts";
import { createFollower, type Follower } from "../../backend/workers/follower.ts";
import type { TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";

export function followerOf(database: TestDatabase, contract: TestContract): Follower {
  return createFollower({
    chain: createChainReader(contract.rpc, contract.contract),
    projection: openProjection(database.pool, contract),
    chainId: contract.chainId,
    deploymentBlock: contract.deploymentBlock,
    sightingsUntilRollback: 3,
  });
}

/** Steps until nothing is left to do; enough idle steps to believe a chain that went back. */
export async function catchUp(follower: Follower): Promise<void> {
  for (let idle = 0; idle < 4; ) idle = (await follower.step()) === "idle" ? idle + 1 : 0;
}

const TABLES = [
  "chain_cursor",
  "chain_block",
  "chain_custody_log",
  "chain_custody_step",
  "chain_passport",
  "chain_participant",
  "chain_participant_change",
  "chain_governor_set",
  "chain_proposal",
  "chain_rejection",
  "chain_hold",
  "chain_succession",
  "chain_anchor",
  "anchored_record",
];

/** Every row of the projection, in one order. */
export async function dumpProjection(database: TestDatabase): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const table of TABLES) {
    const { rows } = await database.pool.query(`SELECT to_jsonb(t)::text AS row FROM ${table} t ORDER BY 1`);
    dump[table] = rows.map((row) => row.row);
  }
  return dump;
}
