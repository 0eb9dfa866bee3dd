import { type BlockHeader, type ChainNode, FINALITY_DEPTH, mineBlock, readHeader } from "./chainNode.ts";

const LONGEST_WAIT_MS = 5_000;

/** What the miner sees before each decision: block numbers, and how many transactions could be mined now. */
export interface ChainSituation {
  readonly latest: number;
  /** The last block that somebody waits to see finalized. */
  readonly lastBusy: number;
  /** The block of the newest copy on disk, or -1 when that block is not on this chain (any more). */
  readonly saved: number;
  readonly pending: number;
}

export type MiningDecision = "rest" | "mine" | "save-then-mine";

/**
 * Mines while something waits, and then until the last block with a transaction is finalized; after that the chain
 * rests, so that an idle installation does not grow.
 *
 * Invariant: finalized means on disk. The next block finalizes the one FINALITY_DEPTH below it, so the state must
 * have been saved at that one or later before the next is mined. A crash then loses only blocks that nobody was told
 * are final.
 */
export function decideMining({ latest, lastBusy, saved, pending }: ChainSituation): MiningDecision {
  if (pending === 0 && latest >= lastBusy + FINALITY_DEPTH) return "rest";
  const finalizedByNext = Math.max(0, latest + 1 - FINALITY_DEPTH);
  return finalizedByNext > saved ? "save-then-mine" : "mine";
}

/** Runs until stopped; `stop` waits for the step under way. */
export interface Miner {
  stop(): Promise<void>;
}

/**
 * Watches the node's pool and mines on demand, one block per `everyMs` at most.
 * `save` must return only when the state at the latest block is on disk, and says which block that was.
 */
export function startMiner(
  node: ChainNode,
  start: { readonly saved: BlockHeader; readonly everyMs: number },
  save: () => Promise<BlockHeader>,
  log: (line: string) => void,
): Miner {
  let saved = start.saved;
  let savedIsOnChain = true;
  let lastBusy = start.saved.number === 0 ? -FINALITY_DEPTH : start.saved.number;
  let lastSeen: string | undefined;
  let emptyInARow = 0;
  let stopped = false;
  let complained = false;
  let wake: () => void = () => undefined;

  async function step(): Promise<void> {
    const latest = await readHeader(node, "latest");
    if (lastSeen !== undefined && latest.hash !== lastSeen) {
      // Somebody else mined, reorganised or rolled back over RPC: see that through to finality as well.
      lastBusy = latest.number;
      savedIsOnChain = latest.number >= saved.number && (await hashAt(node, saved.number)) === saved.hash;
    }
    lastSeen = latest.hash;
    const pending = await pendingCount(node);
    const situation = { latest: latest.number, lastBusy, saved: savedIsOnChain ? saved.number : -1, pending };
    const decision = decideMining(situation);
    if (decision === "rest") return;
    if (decision === "save-then-mine") {
      saved = await save();
      savedIsOnChain = true;
    }
    const block = await mineBlock(node, latest, Math.floor(Date.now() / 1000));
    lastSeen = block.hash;
    if (block.transactionCount > 0) lastBusy = block.number;
    // A transaction below the base fee waits for blocks that lower it: no need to hurry, and none to stop.
    emptyInARow = pending > 0 && block.transactionCount === 0 ? emptyInARow + 1 : 0;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await step();
        complained = false;
      } catch (error) {
        if (!complained && !stopped) log(`The chain node does not mine: ${(error as Error).message}; trying on.`);
        complained = true;
        emptyInARow += 1;
      }
      const wait = Math.min(start.everyMs * 2 ** Math.max(0, emptyInARow - FINALITY_DEPTH), LONGEST_WAIT_MS);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, stopped ? 0 : wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}

/** Transactions that could be mined now; those behind a gap in the nonces are not among them. */
async function pendingCount(node: ChainNode): Promise<number> {
  const { pending } = (await node.call("txpool_status")) as { pending: string };
  return Number(pending);
}

async function hashAt(node: ChainNode, blockNumber: number): Promise<string> {
  return (await readHeader(node, `0x${blockNumber.toString(16)}`)).hash;
}
