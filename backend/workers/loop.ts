/** Work in small steps: `progress` asks for the next one at once, `idle` for a pause. */
export type Step = () => Promise<"progress" | "idle">;

export type LoopOptions = {
  /** For logs and status. */
  readonly name: string;
  readonly step: Step;
  /** Pause after an idle step. */
  readonly idleMs: number;
  /** Told of every failed step, with what follows. */
  readonly onError: (failure: LoopFailure) => void;
  /** Longest pause after repeated failures. */
  readonly longestPauseMs?: number;
};

export type LoopFailure = {
  readonly name: string;
  readonly error: unknown;
  readonly advice: "retry" | "stop";
  /** How many steps failed in a row. */
  readonly failures: number;
  readonly pauseMs: number;
};

export type Loop = {
  /** Ends a pause: there is something to do now. */
  wake(): void;
  /** Lets the step under way finish, and ends. */
  stop(): Promise<void>;
  /** Resolves when the loop has ended: stopped, or after an error that advises to stop. */
  readonly ended: Promise<void>;
  /** The error of the last step; null while steps succeed. */
  readonly failure: () => LoopFailure | null;
};

/** Errors that no retry can help: somebody has to look. Everything else may pass. */
const HOPELESS_CODES = new Set(["deep-reorg", "chain-id-differs", "contract-missing", "deployment-differs"]);

export function adviceOf(error: unknown): "retry" | "stop" {
  if (typeof error !== "object" || error === null) return "retry";
  const { advice, code } = error as { advice?: unknown; code?: unknown };
  return advice === "stop" || (typeof code === "string" && HOPELESS_CODES.has(code)) ? "stop" : "retry";
}

/**
 * Runs a step for ever, with growing pauses after failures (doubling, with chance in it, so that several replicas do
 * not ask a recovering service in unison). Never rejects: errors go to `onError`.
 */
export function startLoop(options: LoopOptions): Loop {
  const { name, step, idleMs, onError } = options;
  const longestPauseMs = options.longestPauseMs ?? 30_000;
  let stopping = false;
  let wanted = false;
  let endPause: (() => void) | undefined;
  let failure: LoopFailure | null = null;

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (wanted || stopping) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const fail = (error: unknown): LoopFailure => {
    const failures = (failure?.failures ?? 0) + 1;
    const retryAfter = (error as { details?: { retryAfterMs?: unknown } } | null)?.details?.retryAfterMs;
    const backoff = Math.min(longestPauseMs, idleMs * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);
    const pauseMs = Math.round(typeof retryAfter === "number" ? Math.max(retryAfter, backoff) : backoff);
    failure = { name, error, advice: adviceOf(error), failures, pauseMs };
    onError(failure);
    return failure;
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      wanted = false;
      let pauseMs = 0;
      try {
        pauseMs = (await step()) === "idle" ? idleMs : 0;
        failure = null;
      } catch (error) {
        const failed = fail(error);
        if (failed.advice === "stop") return;
        wanted = false; // a wake that came during the failing step must not turn the pause into a tight loop
        pauseMs = failed.pauseMs;
      }
      if (pauseMs > 0) await pause(pauseMs);
    }
  };

  const ended = run();
  return {
    wake() {
      wanted = true;
      endPause?.();
    },
    stop() {
      stopping = true;
      endPause?.();
      return ended;
    },
    ended,
    failure: () => failure,
  };
}
