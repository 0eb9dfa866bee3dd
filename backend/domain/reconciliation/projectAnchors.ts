import { nextAccumulator } from "../anchors/anchor.ts";
import { ZERO_HASH } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Hash, ParticipantId } from "../types.ts";
import type { DecodedLog } from "./contractLog.ts";

export type AnchoredLog = Extract<DecodedLog, { readonly name: "Anchored" }>;

/** A publisher's last anchor. */
export type AnchorTip = { readonly sequence: number; readonly accumulator: Hash };

/** An anchor with its place among its publisher's, from 0, and what it follows. */
export type NumberedAnchor = AnchoredLog & { readonly sequence: number; readonly prevAccumulator: Hash };

/**
 * Numbers anchors per publisher, and puts the last of each into `tips`. A log is believed only as far as it fits: its
 * accumulator must be that of its content after the one before. Otherwise the RPC left an anchor out or made one up:
 * `projection-inconsistent`.
 * @param tips of the publishers named; those it lacks have no anchor yet
 */
export function projectAnchors(logs: readonly AnchoredLog[], tips: Map<ParticipantId, AnchorTip>): NumberedAnchor[] {
  return logs.map((log) => {
    const { publisher, accumulator } = log;
    const before = tips.get(publisher) ?? { sequence: -1, accumulator: ZERO_HASH };
    const prevAccumulator = before.accumulator;
    if (nextAccumulator({ ...log, prevAccumulator }) !== accumulator) {
      throw new DomainError("projection-inconsistent", "The log does not continue its publisher's anchors.", {
        publisher,
        accumulator,
      });
    }
    const sequence = before.sequence + 1;
    tips.set(publisher, { sequence, accumulator });
    return { ...log, sequence, prevAccumulator };
  });
}
