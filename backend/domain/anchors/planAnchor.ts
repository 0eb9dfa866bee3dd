import type { Hash, ParticipantId } from "../types.ts";
import { type Anchor, MAX_ANCHORED, nextAccumulator } from "./anchor.ts";
import type { SignedDataRecord } from "./dataRecord.ts";
import { buildManifest, type Manifest } from "./manifest.ts";
import { merkleRoot } from "./merkleTree.ts";
import { recordLeaf } from "./recordLeaf.ts";

/** An accepted data record that is in no anchor yet. */
export type QueuedDataRecord = {
  readonly digest: Hash;
  readonly record: SignedDataRecord;
  readonly secondsWaiting: number;
};

export type AnchorOptions = {
  readonly publisher: ParticipantId;
  /** The publisher's accumulator after its last anchor, those in flight included. */
  readonly prevAccumulator: Hash;
  /** Longest wait for company, in seconds. */
  readonly maxWaitSeconds: number;
};

/** An anchor ready to be sealed, stored and signed: its records are the first `anchor.count` of the queue. */
export type PlannedAnchor = {
  readonly anchor: Anchor;
  readonly manifest: Manifest;
  /** The accumulator after it: what the next anchor follows. */
  readonly accumulator: Hash;
};

/**
 * The accumulator that the next anchor follows: after the last one on chain, and those in flight that follow it. Null
 * when one in flight follows something else: it will never land.
 * @param flying in the order in which they were sealed
 */
export function accumulatorAfter(
  landed: Hash,
  flying: readonly { readonly prevAccumulator: Hash; readonly accumulator: Hash }[],
): Hash | null {
  let current = landed;
  for (const { prevAccumulator, accumulator } of flying) {
    if (prevAccumulator !== current) return null;
    current = accumulator;
  }
  return current;
}

/**
 * Cuts the next anchor from the queue, or null to wait: an anchor costs the same for one record as for ten thousand, so
 * it goes when it is full or when some record has waited long enough. Throws `manifest-leaf-repeated`.
 * @param queue in the order of acceptance, which becomes the order of the leaves; each digest at most once
 */
export function planAnchor(
  queue: readonly QueuedDataRecord[],
  { publisher, prevAccumulator, maxWaitSeconds }: AnchorOptions,
): PlannedAnchor | null {
  const waited = queue.some(({ secondsWaiting }) => secondsWaiting >= maxWaitSeconds);
  if (queue.length < MAX_ANCHORED && !waited) return null;
  const taken = queue.slice(0, MAX_ANCHORED);
  const manifest = buildManifest(taken.map(({ record }) => record));
  const root = merkleRoot(taken.map(({ digest }) => recordLeaf(publisher, digest)));
  const { manifestHash } = manifest;
  const anchor: Anchor = { publisher, root, count: taken.length, manifestHash, prevAccumulator };
  return { anchor, manifest, accumulator: nextAccumulator(anchor) };
}
