import { DomainError } from "../domain/errors.ts";
import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import {
  type Block,
  type ChainStep,
  decideStep,
  type Finality,
  isChain,
  type LocalChain,
} from "../domain/reconciliation/decideStep.ts";
import type { Hash } from "../domain/types.ts";
import { createBackfill, type FoundLogs } from "./backfill.ts";

/** What the follower needs of a chain (see chain/chainReader). */
export type FollowedChain = {
  readTip(): Promise<{ readonly head: Block; readonly finality: Finality }>;
  readBlocks(from: number, to: number): Promise<Block[]>;
  readLogsOf(blocks: readonly Block[]): Promise<DecodedLog[]>;
  readLogsBetween(from: number, to: number): Promise<FoundLogs>;
  requireDeployment(chainId: number): Promise<void>;
};

/** What it needs of the tables (see storage/projectionStore). */
export type FollowedProjection = {
  read(): Promise<{
    readonly cursor: Finality & { readonly headNumber: number; readonly headHash: Hash };
    readonly openBlocks: ReadonlyMap<number, Hash>;
  } | null>;
  begin(before: Block): Promise<void>;
  append(
    expectedHead: Hash,
    blocks: readonly Block[],
    logs: readonly DecodedLog[],
    head: Block,
    claimed: Finality,
  ): Promise<void>;
  rollback(expectedHead: Hash, to: number): Promise<void>;
  finalize(expectedHead: Hash, claimed: Finality): Promise<boolean>;
};

export type FollowerProgress = {
  readonly step: "begin" | "backfill" | "append" | "rollback";
  readonly headNumber: number;
  /** Blocks that the chain has and the projection has not yet. */
  readonly lag: number;
  /** Blocks that were undone; 0 for every other step. */
  readonly depth: number;
};

export type FollowerOptions = {
  readonly chain: FollowedChain;
  readonly projection: FollowedProjection;
  readonly chainId: number;
  readonly deploymentBlock: number;
  /**
   * How often in a row the chain must show itself shorter before the difference is undone or, where it ends below what
   * was final, the follower halts. One sighting may come from a lagging node behind a load balancer; a chain that was
   * restored from a backup stays shorter.
   */
  readonly sightingsUntilRollback?: number;
  readonly onProgress?: (progress: FollowerProgress) => void;
};

/** A step of the follower: `progress` when there may be more to do at once. */
export type Follower = { step(): Promise<"progress" | "idle"> };

/** Blocks whose logs are asked for by hash and committed together. */
const BLOCKS_PER_COMMIT = 100;
const LONGEST_BRANCH = 1000;

/**
 * Makes the projection equal to the chain, one COMMIT at a time. Rows and cursor move together, so it may die anywhere.
 * Steps throw what keeps them from going on: `deep-reorg` when the chain contradicts what was final.
 */
export function createFollower(options: FollowerOptions): Follower {
  const { chain, projection, chainId, deploymentBlock } = options;
  const sightingsUntilRollback = options.sightingsUntilRollback ?? 5;
  let checked = false;
  let sightings = 0;
  const ranges = createBackfill(chain.readLogsBetween);

  const report = (step: FollowerProgress["step"], headNumber: number, tip: Block, depth = 0): void =>
    options.onProgress?.({ step, headNumber, lag: Math.max(0, tip.number - headNumber), depth });

  /** Ranges by number, below what the chain calls final: there a number is as good as a hash. */
  const backfill = async (local: LocalChain, tip: Block, finality: Finality): Promise<void> => {
    const found = await ranges.read(local.head.number + 1, finality.finalizedNumber);
    if (found === null) return;
    await projection.append(local.head.hash, found.blocks, found.logs, found.blocks.at(-1) as Block, finality);
    report("backfill", found.to, tip);
  };

  const append = async (local: LocalChain, step: ChainStep & { step: "append" }, tip: Block, finality: Finality) => {
    const blocks = step.blocks.slice(0, BLOCKS_PER_COMMIT);
    const logs = await chain.readLogsOf(blocks);
    const head = blocks.at(-1) as Block;
    await projection.append(local.head.hash, blocks, logs, head, finality);
    report("append", head.number, tip);
  };

  const rollback = async (local: LocalChain, to: number, tip: Block): Promise<void> => {
    await projection.rollback(local.head.hash, to);
    report("rollback", to, tip, local.head.number - to);
  };

  return {
    async step() {
      if (!checked) {
        await chain.requireDeployment(chainId);
        checked = true;
      }
      const position = await projection.read();
      if (position === null) {
        const [before] = await chain.readBlocks(deploymentBlock - 1, deploymentBlock - 1);
        await projection.begin(before as Block);
        return "progress";
      }
      const { cursor, openBlocks } = position;
      const local: LocalChain = {
        head: { number: cursor.headNumber, hash: cursor.headHash },
        finalizedNumber: cursor.finalizedNumber,
        hashAt: (number) => openBlocks.get(number),
      };
      const { head: tip, finality } = await chain.readTip();
      if (finality.finalizedNumber > local.head.number && (await isStillThere(chain, local))) {
        sightings = 0;
        await backfill(local, tip, finality);
        return "progress";
      }
      ranges.forget();
      const decision = await decide(chain, local, await nearTip(chain, local, tip));
      if (decision.step !== "behind" && decision.step !== "belowFinal") sightings = 0;
      switch (decision.step) {
        case "current":
          return (await projection.finalize(local.head.hash, finality)) ? "progress" : "idle";
        case "append":
          await append(local, decision, tip, finality);
          return "progress";
        case "rollback":
          await rollback(local, decision.to, tip);
          return "progress";
        case "behind":
          if (++sightings < sightingsUntilRollback) return "idle";
          sightings = 0;
          await rollback(local, decision.to, tip);
          return "progress";
        case "belowFinal":
          if (++sightings < sightingsUntilRollback) return "idle";
          throw deepReorg(decision);
        case "deepReorg":
          throw deepReorg(decision);
      }
    },
  };
}

/** Whether the chain still has our head; asked where the branch from its tip would be long. */
async function isStillThere(chain: FollowedChain, local: LocalChain): Promise<boolean> {
  const [block] = await chain.readBlocks(local.head.number, local.head.number);
  return block?.hash === local.head.hash;
}

/** The tip, or a block on the way to it where the headers up to the tip would be too many to hold. */
async function nearTip(chain: FollowedChain, local: LocalChain, tip: Block): Promise<Block> {
  if (tip.number - local.head.number <= LONGEST_BRANCH) return tip;
  const number = local.head.number + LONGEST_BRANCH;
  const [block] = await chain.readBlocks(number, number);
  return block ?? tip;
}

/** Walks the chain's branch down until a decision is possible. */
async function decide(
  chain: FollowedChain,
  local: LocalChain,
  tip: Block,
): Promise<Exclude<ChainStep, { step: "gap" }>> {
  let branch: readonly Block[] = [tip];
  for (;;) {
    const decision = decideStep(local, branch);
    if (decision.step !== "gap") return decision;
    const lower = await chain.readBlocks(decision.from, decision.to);
    branch = [...lower, ...branch];
    if (!isChain(branch)) throw new DomainError("chain-moved", "The chain was reorganised while reading its headers.");
  }
}

function deepReorg({ finalizedNumber, found }: { finalizedNumber: number; found: Block }): DomainError {
  return new DomainError(
    "deep-reorg",
    `The chain contradicts what was final: block ${finalizedNumber} of the projection is not in it, it has ` +
      `${found.hash} at ${found.number}. Nothing is undone; check the RPC, or follow again into an empty database.`,
    { finalizedNumber, number: found.number, hash: found.hash },
  );
}
