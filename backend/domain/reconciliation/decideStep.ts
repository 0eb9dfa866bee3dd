import type { Hash, UnixTime } from "../types.ts";

/** A block as far as following the chain needs it. */
export type Block = {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly time: UnixTime;
  /** The header's filter over its logs, as the node sent it. */
  readonly logsBloom?: unknown;
};

/** The chain as the projection has it. */
export type LocalChain = {
  readonly head: { readonly number: number; readonly hash: Hash };
  /** Never undone: the projection below is what people were told is final. */
  readonly finalizedNumber: number;
  /** Hash of the projection's block at that number; known from the finalized block to the head. */
  readonly hashAt: (number: number) => Hash | undefined;
};

/** What to do next to become equal to the chain that an RPC shows. */
export type ChainStep =
  | { readonly step: "current" }
  | { readonly step: "append"; readonly blocks: readonly Block[] }
  /** Undo every block above `to`, which both chains share. */
  | { readonly step: "rollback"; readonly to: number; readonly depth: number }
  /** The branch does not reach down to a shared block: headers from `from` to `to` are needed before a decision. */
  | { readonly step: "gap"; readonly from: number; readonly to: number }
  /** The chain shows a shorter piece of what we have: gone back, or an RPC that lags. Undo it only if it stays so. */
  | { readonly step: "behind"; readonly to: number; readonly depth: number }
  /** The chain ends below what was final: an RPC that lags far behind. If it stays so, the chain lost what was final. */
  | { readonly step: "belowFinal"; readonly finalizedNumber: number; readonly found: Block }
  /** The chain contradicts what was final: nothing may be undone without a person. */
  | { readonly step: "deepReorg"; readonly finalizedNumber: number; readonly found: Block };

/** Headers asked for at once when a branch has to be followed down. */
const GAP_STEP = 32;

/**
 * Decides by hashes alone.
 * @param branch the RPC's headers, ascending, each the parent of the next, ending at its head; at least one
 */
export function decideStep(local: LocalChain, branch: readonly Block[]): ChainStep {
  const first = branch[0] as Block;
  const head = branch.at(-1) as Block;
  // What the projection had down there is no longer kept, so no hash can tell whether it is the same chain.
  if (head.number < local.finalizedNumber) return { ...deepReorg(local, head), step: "belowFinal" };
  const shared = sharedNumber(local, branch);
  if (shared === undefined) {
    if (first.number <= local.finalizedNumber) return deepReorg(local, first);
    const to = first.number - 1;
    // Down to our head everything is new and needed anyway; below it we look for the shared block.
    const from = to > local.head.number ? local.head.number : Math.max(local.finalizedNumber, to - GAP_STEP + 1);
    return { step: "gap", from, to };
  }
  const depth = local.head.number - shared;
  if (depth === 0) {
    const blocks = branch.filter((block) => block.number > shared);
    return blocks.length === 0 ? { step: "current" } : { step: "append", blocks };
  }
  if (shared < local.finalizedNumber) return deepReorg(local, head);
  return head.number === shared ? { step: "behind", to: shared, depth } : { step: "rollback", to: shared, depth };
}

const deepReorg = (local: LocalChain, found: Block) => ({
  step: "deepReorg" as const,
  finalizedNumber: local.finalizedNumber,
  found,
});

/** Number of the highest block that both chains have. */
function sharedNumber(local: LocalChain, branch: readonly Block[]): number | undefined {
  for (let i = branch.length - 1; i >= 0; i--) {
    const block = branch[i] as Block;
    if (local.hashAt(block.number) === block.hash) return block.number;
    if (local.hashAt(block.number - 1) === block.parentHash) return block.number - 1;
  }
  return undefined;
}

/** Whether headers form a chain: consecutive numbers, each naming the one before as its parent. */
export function isChain(blocks: readonly Block[]): boolean {
  return blocks.every((block, i) => {
    const before = blocks[i - 1];
    return before === undefined || (block.number === before.number + 1 && block.parentHash === before.hash);
  });
}

export type Finality = { readonly safeNumber: number; readonly finalizedNumber: number };

/**
 * The new finality of the projection: never back, never above its head, and `safe` between the two.
 * @param claimed what the chain's tags say, or the depth table of a chain without tags
 */
export function advanceFinality(current: Finality, headNumber: number, claimed: Finality): Finality {
  const finalizedNumber = Math.max(current.finalizedNumber, Math.min(claimed.finalizedNumber, headNumber));
  const safeNumber = Math.max(finalizedNumber, Math.min(claimed.safeNumber, headNumber));
  return { safeNumber, finalizedNumber };
}

/** Blocks after which a block counts as safe and as finalized, on a chain that has no such tags. */
export type DepthTable = { readonly safe: number; readonly finalized: number };

export const finalityByDepth = (headNumber: number, depth: DepthTable): Finality => ({
  safeNumber: Math.max(0, headNumber - depth.safe),
  finalizedNumber: Math.max(0, headNumber - depth.finalized),
});
