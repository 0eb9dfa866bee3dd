import { DomainError } from "../../domain/errors.ts";

export type GroupCommit<T, R> = {
  /** Resolves after the commit that holds the item; rejects with the item's own error, or `events-backlog-full`. */
  submit(item: T): Promise<R>;
  /** How many wait or are being committed. */
  waiting(): number;
  /** Resolves when nothing waits any more; afterwards items are refused. */
  close(): Promise<void>;
};

/** So many need no more company: who is ready would wait for who is not, and the database for both. */
const ENOUGH = 32;

type Waiting<T, R> = { item: T; resolve: (result: R) => void; reject: (error: unknown) => void };

/**
 * Lets concurrent callers share one commit: while one batch is being made durable, the next gathers. So the window is
 * as long as the disk is slow (some milliseconds), and a lone caller waits for nobody.
 * @param options.commit makes a batch durable and answers a result or an error for each item, in order
 * @param options.maxBatch most weight of one batch, unless a single item has more
 * @param options.weightOf what an item adds to the time of its commit; 1 unless given
 * @param options.gather what a batch waits for, so that a fast disk does not make them small: each costs some statements
 * @param options.maxWaiting beyond it callers are refused at once: a queue without bound answers everybody too late
 */
export function groupCommit<T, R>(options: {
  commit: (batch: readonly T[]) => Promise<readonly (R | Error)[]>;
  maxBatch: number;
  weightOf?: (item: T) => number;
  maxWaiting: number;
  /** Resolves when the next batch may begin; by default with the next turn of the event loop. */
  gather?: () => Promise<void>;
}): GroupCommit<T, R> {
  const { gather = () => new Promise<void>((resolve) => setImmediate(resolve)) } = options;
  let queue: Waiting<T, R>[] = [];
  let committing = 0;
  let running: Promise<void> | null = null;
  let closed = false;

  async function run(): Promise<void> {
    while (queue.length > 0) {
      // Requests that arrived in the same turn of the event loop go together from the first batch on.
      if (queue.length < ENOUGH) await gather();
      const batch = queue.splice(0, nextBatch());
      committing = batch.length;
      await settle(batch);
      committing = 0;
    }
    running = null;
  }

  function nextBatch(): number {
    let weight = 0;
    const end = queue.findIndex(({ item }) => {
      weight += options.weightOf?.(item) ?? 1;
      return weight > options.maxBatch;
    });
    return end < 0 ? queue.length : Math.max(1, end);
  }

  async function settle(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await options.commit(batch.map(({ item }) => item));
      batch.forEach((waiting, i) => {
        const result = results[i];
        if (result instanceof Error) waiting.reject(result);
        else waiting.resolve(result as R);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  return {
    submit(item) {
      if (closed || queue.length + committing >= options.maxWaiting) {
        const sentence = closed
          ? "This server is stopping."
          : "More events wait to be stored than this server takes on.";
        return Promise.reject(new DomainError("events-backlog-full", sentence, { waiting: queue.length + committing }));
      }
      return new Promise<R>((resolve, reject) => {
        queue.push({ item, resolve, reject });
        running ??= run();
      });
    },
    waiting: () => queue.length + committing,
    async close() {
      closed = true;
      await running;
      queue = [];
    },
  };
}
