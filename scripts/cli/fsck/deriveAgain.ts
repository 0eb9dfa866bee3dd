import type { Pool } from "pg";
import { createChainReader } from "../../../backend/chain/chainReader.ts";
import type { JsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Deployment } from "../../../backend/services/deployment.ts";
import type { Finding } from "../../../backend/services/fsck/checkTables.ts";
import { type ChainCursor, readCursor } from "../../../backend/storage/chainCursor.ts";
import { inTransaction, type Transaction } from "../../../backend/storage/database.ts";
import { openProjection } from "../../../backend/storage/projectionStore.ts";
import { createFollower, type FollowedChain } from "../../../backend/workers/follower.ts";
import { compareProjections, replaceProjection, type TableDifference } from "./compareProjections.ts";
import { createScratch } from "./scratchProjection.ts";

export type DeriveSetting = {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly rpc: JsonRpc;
  readonly deployment: Deployment;
  readonly repair: boolean;
  readonly onProgress: (done: number, what: string) => void;
};

const CHECK = {
  check: "derived-again-is-the-same",
  invariant: "I8",
  says: "a follower that starts on an empty database arrives at the same rows",
} as const;
/** How often our follower may have moved on before the comparison is given up: it moves by blocks, this by milliseconds. */
const TRIES = 20;

/**
 * Follows the chain once more, from the deployment on, into tables of its own, up to the block where the installation's
 * follower stands, and compares row for row. The installation may go on working meanwhile.
 */
export async function deriveAgain(setting: DeriveSetting): Promise<Finding> {
  const cursor = await readCursor(setting.pool as Transaction);
  if (cursor === null) return { ...CHECK, state: "holds", count: 0, examples: [] };
  const scratch = await createScratch(setting.databaseUrl);
  try {
    for (let tries = 1; ; tries++) {
      const target = (await readCursor(setting.pool as Transaction)) as ChainCursor;
      await followTo(setting, scratch.pool, target);
      const outcome = await inTransaction(setting.pool, (tx) => compareAt(tx, setting, scratch.schema, target));
      if (outcome !== "moved") return outcome;
      if (tries === TRIES) throw new DomainError("cursor-moved", "The follower moves faster than it can be compared.");
    }
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : String(error);
    return { ...CHECK, state: "unavailable", count: 0, examples: [], reason };
  } finally {
    await scratch.drop();
  }
}

async function compareAt(
  tx: Transaction,
  { repair }: DeriveSetting,
  schema: string,
  target: ChainCursor,
): Promise<Finding | "moved"> {
  await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  if (repair) await tx.query("SELECT FROM chain_cursor FOR UPDATE"); // our follower waits
  const now = await readCursor(tx);
  if (now?.headHash !== target.headHash || now.finalizedNumber !== target.finalizedNumber) return "moved";
  const differences = await compareProjections(tx, "public", schema);
  const count = differences.reduce((sum, { missing, surplus }) => sum + missing + surplus, 0);
  if (count === 0) return { ...CHECK, state: "holds", count, examples: [] };
  if (repair) await replaceProjection(tx, differences, "public", schema);
  return { ...CHECK, state: repair ? "repaired" : "broken", count, examples: differences satisfies TableDifference[] };
}

async function followTo(setting: DeriveSetting, scratch: Pool, target: ChainCursor): Promise<void> {
  const { rpc, deployment, onProgress } = setting;
  const { step } = createFollower({
    chain: chainUpTo(createChainReader(rpc, deployment.contract), target),
    projection: openProjection(scratch, deployment),
    chainId: deployment.chainId,
    deploymentBlock: deployment.deploymentBlock,
    sightingsUntilRollback: 1,
    onProgress: ({ headNumber }) => onProgress(headNumber - deployment.deploymentBlock, "blocks followed again"),
  });
  while ((await step()) === "progress");
}

/** The chain as if it ended where our follower stands, with the finality that it has seen. */
function chainUpTo(chain: FollowedChain, target: ChainCursor): FollowedChain {
  const { headNumber, headHash, safeNumber, finalizedNumber } = target;
  return {
    ...chain,
    async readTip() {
      const [head] = await chain.readBlocks(headNumber, headNumber);
      if (head === undefined || head.hash !== headHash) {
        const message = `The chain does not have the block ${headNumber} that the follower stands at: it was reorganised just now, or this is another chain.`;
        throw new DomainError("chain-moved", message, { number: headNumber, ours: headHash });
      }
      return { head, finality: { safeNumber, finalizedNumber } };
    },
  };
}
