import { mayPublish } from "../domain/anchors/acceptDataRecord.ts";
import { type Anchor, anchorDigest, MAX_ANCHORED } from "../domain/anchors/anchor.ts";
import {
  accumulatorAfter,
  type PlannedAnchor,
  planAnchor,
  type QueuedDataRecord,
} from "../domain/anchors/planAnchor.ts";
import { ANCHOR_GAS, SUBMISSION_BASE_GAS } from "../domain/submissions/gas.ts";
import type { Address, Hash, Hex, ParticipantId } from "../domain/types.ts";
import type { RelayAlarm } from "./relayerNeeds.ts";

type AnchorLink = { readonly prevAccumulator: Hash; readonly accumulator: Hash };

export type AnchorSealingOptions = {
  /** EIP-712 domain separator of the contract. */
  readonly separator: Uint8Array;
  /** The participant whose anchors these are, and its key; 0 while the operator is none. */
  readonly key: { readonly publisher: ParticipantId; readonly signer: Address; readonly sign: (digest: Hash) => Hex };
  readonly encodeAnchor: (anchor: Anchor, signature: Hex) => Uint8Array;
  /** See storage/anchorQueue. */
  readonly queue: {
    readWaiting(most: number): Promise<{ readonly count: number; readonly oldestSeconds: number }>;
    readQueue(limit: number): Promise<QueuedDataRecord[]>;
    readProgress(publisher: ParticipantId): Promise<{
      readonly landed: Hash;
      readonly flying: readonly AnchorLink[];
      readonly failures: number;
      readonly secondsSinceFailure: number;
    }>;
    readPublisher(id: ParticipantId): Promise<Parameters<typeof mayPublish>[0]>;
    seal(
      anchor: PlannedAnchor & {
        readonly calldata: Uint8Array;
        readonly gasLimit: number;
        readonly digests: readonly Hash[];
      },
    ): Promise<void>;
  };
  readonly onAlarm: (alarm: RelayAlarm) => void;
  /** Longest wait of a data record for company, in seconds. */
  readonly maxWaitSeconds: number;
};

/** Longest pause before records of a failed anchor are sealed again, in seconds. */
const LONGEST_PAUSE = 3600;

/**
 * Seals the next anchor of data records; the relayer then sends it like any other submission. Each anchor follows the
 * one before, those in flight included. When one fails (another overtook it, or the key lost its right), so do those
 * that follow it; only then are their records taken again, by a new anchor with a new predecessor. A reorganisation
 * changes nothing here: the same bytes are sent again.
 * @returns whether an anchor was sealed
 */
export function createAnchorSealing(options: AnchorSealingOptions): () => Promise<boolean> {
  const { separator, key, queue, encodeAnchor, onAlarm, maxWaitSeconds } = options;
  return async () => {
    const { count, oldestSeconds } = await queue.readWaiting(MAX_ANCHORED);
    if (count === 0 || (count < MAX_ANCHORED && oldestSeconds < maxWaitSeconds)) return false;
    const { publisher } = key;
    if (!mayPublish(await queue.readPublisher(publisher), key.signer)) {
      onAlarm({ code: "publisher-unknown", details: { publisher, signer: key.signer, waiting: count } });
      return false;
    }
    const { landed, flying, failures, secondsSinceFailure } = await queue.readProgress(publisher);
    if (failures > 0 && secondsSinceFailure < Math.min(LONGEST_PAUSE, 2 ** (failures - 1))) return false;
    const prevAccumulator = accumulatorAfter(landed, flying);
    if (prevAccumulator === null) return false; // those in flight will fail: wait for that
    const records = await queue.readQueue(MAX_ANCHORED);
    const plan = planAnchor(records, { publisher, prevAccumulator, maxWaitSeconds });
    if (plan === null) return false;
    await queue.seal({
      ...plan,
      calldata: encodeAnchor(plan.anchor, key.sign(anchorDigest(separator, plan.anchor))),
      gasLimit: SUBMISSION_BASE_GAS + ANCHOR_GAS,
      digests: records.slice(0, plan.anchor.count).map(({ digest }) => digest),
    });
    return true;
  };
}
