/**
 * Lets concurrent callers share one query: while one is under way, the next gathers the keys of everybody who asks
 * meanwhile. So each answer is read after it was asked for, and a thousand callers a second cost some hundred queries.
 * @param lookUp answers what it finds; keys without an answer are absent
 */
export function gatherLookUps<K, V>(
  lookUp: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
): (key: K) => Promise<V | undefined> {
  type Waiting = { readonly key: K; resolve(value: V | undefined): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    // Callers of the same turn of the event loop go together from the first query on.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      try {
        const found = await lookUp([...new Set(asked.map(({ key }) => key))]);
        for (const { key, resolve } of asked) resolve(found.get(key));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    running = false;
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!running) void run();
    });
}
