import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import type { Block } from "../domain/reconciliation/decideStep.ts";

/** What is read of a range of final blocks. */
export type FoundLogs = { readonly blocks: Block[]; readonly logs: DecodedLog[] };

/** Reads ranges of final blocks one behind the other, and the next one while its caller stores the one before. */
export type Backfill = {
  /**
   * The logs from block `from` on, no further than the last final block; null where the node would not answer for so many
   * blocks, and fewer are asked for the next time. Throws when it answers for no single block either.
   */
  read(from: number, finalizedNumber: number): Promise<(FoundLogs & { readonly to: number }) | null>;
  /** Lets go of what was read ahead: after anything but storing what `read` has answered. */
  forget(): void;
};

const SMALLEST_RANGE = 1;
const LARGEST_RANGE = 10_000;
/** A chain may be young or full: a range grows from here to what brings as many logs as are wanted. */
const FIRST_RANGE = 16;
/** Logs that one COMMIT should take: more take memory and hold up everybody else in this process, fewer wait for the disk. */
const WANTED_LOGS = 2_000;

export function createBackfill(
  readLogsBetween: (from: number, to: number) => Promise<FoundLogs>,
  wantedLogs = WANTED_LOGS,
): Backfill {
  let range = FIRST_RANGE;
  let ahead: { readonly from: number; readonly to: number; readonly found: Promise<FoundLogs> } | null = null;

  const begin = (from: number, finalizedNumber: number) => {
    const to = Math.min(finalizedNumber, from + range - 1);
    const found = readLogsBetween(from, to);
    found.catch(() => undefined); // whoever waits for it is told; nobody may
    return { from, to, found };
  };

  return {
    async read(from, finalizedNumber) {
      const reading = ahead?.from === from ? ahead : begin(from, finalizedNumber);
      ahead = null;
      const { to } = reading;
      let found: FoundLogs;
      try {
        found = await reading.found;
      } catch (error) {
        // Nodes cap how many logs or blocks one answer may span, each in its own words: ask for less.
        if (to === from) throw error;
        range = Math.max(SMALLEST_RANGE, Math.floor((to - from + 1) / 4));
        return null;
      }
      range = nextRange(to - from + 1, found.logs.length, wantedLogs);
      if (to < finalizedNumber) ahead = begin(to + 1, finalizedNumber);
      return { ...found, to };
    },
    forget() {
      ahead = null;
    },
  };
}

/** So many blocks as bring the logs that are wanted, if the next ones are as full; at most twice as many as before. */
function nextRange(blocks: number, logs: number, wanted: number): number {
  const fitting = logs === 0 ? LARGEST_RANGE : Math.floor((blocks * wanted) / logs);
  return Math.max(SMALLEST_RANGE, Math.min(LARGEST_RANGE, 2 * blocks, fitting));
}
