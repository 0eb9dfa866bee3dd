/** Runs a piece of work in its turn; rejects with what it throws. */
export type InTurn = <T>(work: () => T) => Promise<T>;

/** What one turn of the event loop may spend on such work: a statement of a commit under way waits as long for its next. */
const TURN_MS = 1;

type Piece = {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Does work that keeps the event loop busy piece by piece, in the order in which it came, and lets the loop look after its
 * sockets between them. Without it a hundred requests that arrive together are all prepared before the database's answer
 * to the first batch is even read: each of a commit's statements waited for all of them.
 * @param clock milliseconds, never going back
 */
export function takeTurns(clock: () => number): InTurn {
  const waiting: Piece[] = [];
  const turn = (): void => {
    const end = clock() + TURN_MS;
    do {
      const { work, resolve, reject } = waiting.shift() as Piece;
      try {
        resolve(work() as never);
      } catch (error) {
        reject(error);
      }
    } while (waiting.length > 0 && clock() < end);
    if (waiting.length > 0) setImmediate(turn);
  };
  return (work) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ work, resolve, reject }) === 1) setImmediate(turn);
    });
}
