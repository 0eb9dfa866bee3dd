/** What must be undone at the end, in the reverse order of its start. */
export interface StopSteps {
  add(name: string, stop: () => Promise<void>): void;
  /** Runs all of them, whether or not one fails; each failure is told to `log`. */
  run(log: (line: string) => void): Promise<void>;
}

export function createStopSteps(): StopSteps {
  const steps: { name: string; stop: () => Promise<void> }[] = [];
  return {
    add: (name, stop) => {
      steps.push({ name, stop });
    },
    run: async (log) => {
      for (const { name, stop } of steps.splice(0).reverse()) {
        try {
          await stop();
        } catch (error) {
          log(`${name} did not stop cleanly: ${(error as Error).message}`);
        }
      }
    },
  };
}
