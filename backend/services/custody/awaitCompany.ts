/** What a batch waits for before it is committed. */
export type Company = {
  /** Counts as on its way for as long as the promise is open. */
  during<T>(preparing: Promise<T>): Promise<T>;
  /** Resolves when nothing is on its way any more, or after the longest wait. */
  gather(): Promise<void>;
};

/**
 * Lets a batch wait for what is being prepared meanwhile: each commit costs the database as many statements for one event as
 * for a hundred. A lone event waits for nobody.
 * @param mostMs longest wait
 */
export function awaitCompany(mostMs: number): Company {
  let onTheirWay = 0;
  let arrived: (() => void) | undefined;
  return {
    async during(preparing) {
      onTheirWay++;
      try {
        return await preparing;
      } finally {
        // What was prepared is submitted first, in the turn of its own promise.
        if (--onTheirWay === 0) setImmediate(() => onTheirWay === 0 && arrived?.());
      }
    },
    async gather() {
      await new Promise((resolve) => setImmediate(resolve));
      if (onTheirWay === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, mostMs);
        arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      arrived = undefined;
    },
  };
}
