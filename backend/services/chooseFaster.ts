/** What a process works with of two implementations of one thing, and why it is this one. */
export type Chosen<Implementation> = {
  readonly implementation: Implementation;
  /** How often a second one core of this machine does its work, as measured at start. */
  readonly perSecond: number;
  /** Why the candidate is not used; absent where it is. */
  readonly reason?: string;
};

/** Milliseconds of a clock that never goes back. */
export type Clock = () => number;

/** The best of several short turns counts: on a machine with other work, whoever is put aside in its turn looks slow. */
const TURNS = 5;
const TURN_MS = 3;

/**
 * Chooses the faster of a candidate and the portable implementation, after the candidate has given the portable one's
 * answers: one that is built wrongly would accept what the contract rejects.
 * @param candidate null where this machine has none
 */
export function chooseFaster<Implementation>(
  portable: Implementation,
  candidate: Implementation | null,
  how: {
    /** What the candidate is, in a sentence about it. */
    readonly what: string;
    /** Whether the candidate answers as the portable one; may throw. */
    readonly agrees: (candidate: Implementation) => boolean;
    /** Does the work so often as `perRound` says. */
    readonly work: (implementation: Implementation, round: number) => void;
    readonly perRound: number;
    readonly clock: Clock;
  },
): Chosen<Implementation> {
  const measuredOnce = (implementation: Implementation): number => {
    const start = how.clock();
    let rounds = 0;
    let elapsed: number;
    do {
      how.work(implementation, rounds++);
      elapsed = how.clock() - start;
    } while (elapsed < TURN_MS);
    return (rounds * how.perRound * 1000) / elapsed;
  };
  const measured = (implementation: Implementation): Chosen<Implementation> => ({
    implementation,
    perSecond: Math.max(...Array.from({ length: TURNS }, () => measuredOnce(implementation))),
  });
  const agrees = (implementation: Implementation): boolean => {
    try {
      return how.agrees(implementation);
    } catch {
      return false;
    }
  };

  const safe = measured(portable);
  if (candidate === null) return { ...safe, reason: `this machine has no ${how.what}` };
  if (!agrees(candidate)) return { ...safe, reason: `the ${how.what} gave other answers than the portable one` };
  const fast = measured(candidate);
  return fast.perSecond > safe.perSecond ? fast : { ...safe, reason: `the ${how.what} is slower here` };
}

/** One line for a person who starts a server. @param unit what is done so often a second */
export function describeChosen(name: string, perSecond: number, unit: string, reason?: string): string {
  const speed = `${name}, ${Math.round(perSecond).toLocaleString("en")} ${unit} a second on one core`;
  return reason === undefined ? speed : `${speed}; ${reason}`;
}
