import type { QueuedEvent } from "../domain/submissions/planSubmission.ts";
import type { Hash } from "../domain/types.ts";

/** Events that wait for the chain, in the order of acceptance. */
export type WaitingEvents = {
  read(): Promise<readonly QueuedEvent[]>;
  /** Says which of them wait no more, because a submission carries them. */
  remove(digests: readonly Hash[]): void;
  /** Says that none of them can be sent now: others may. */
  forget(): void;
};

const QUEUE_LENGTH = 2_000;
/** Fills a transaction four times over. */
const ENOUGH = 1_000;
const KEEP_MS = 5_000;

/**
 * Reads the queue afresh while it is short. Of a long backlog a part is kept for a few seconds and submissions are cut from it:
 * to read and parse two thousand events for each of them took longer than the chain takes to mine one. What is kept may be out
 * of date; heads are not, and an event that landed meanwhile does not fit them.
 * @param clock milliseconds that never go back
 */
export function createWaitingEvents(
  readQueue: (limit: number) => Promise<QueuedEvent[]>,
  clock: () => number,
): WaitingEvents {
  let kept: readonly QueuedEvent[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async read() {
      if (kept.length < ENOUGH || clock() - readAt >= KEEP_MS) {
        readAt = clock();
        kept = await readQueue(QUEUE_LENGTH);
      }
      return kept;
    },
    remove(digests) {
      const gone = new Set(digests);
      kept = kept.filter(({ digest }) => !gone.has(digest));
    },
    forget() {
      kept = [];
    },
  };
}
