import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A mutation's number, 0 for none, and the file that it changes. */
export type Work = { readonly number: number; readonly source: string };

/** `unclear` did not end in time, or failed in a way that says nothing about the contract. */
export type Outcome =
  | { readonly kind: "survived" }
  | { readonly kind: "killed"; readonly by: string; readonly why: string }
  | { readonly kind: "unclear"; readonly by: string; readonly why: string };

export type TestProcess = {
  /** Runs the contract's tests against one mutation, and ends the process that takes longer than that. */
  readonly run: (work: Work, limitMs: number) => Promise<Outcome>;
  readonly stop: () => void;
};

const PROGRAM = fileURLToPath(new URL("./runTests.ts", import.meta.url));

/** A process that keeps Hardhat and the tests loaded; where it ends, the next run starts another. */
export function openTestProcess(folder: string): TestProcess {
  let child: ChildProcess | undefined;
  const stop = (): void => {
    child?.removeAllListeners();
    child?.kill("SIGKILL");
    child = undefined;
  };
  const run = (work: Work, limitMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      if (!child?.connected) child = fork(PROGRAM, { cwd: folder, stdio: ["ignore", "ignore", "inherit", "ipc"] });
      const running = child;
      const giveUp = (why: string): void => {
        stop();
        settle({ kind: "unclear", by: "", why });
      };
      const timer = setTimeout(() => giveUp(`did not end within ${Math.round(limitMs / 1000)} s`), limitMs);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        running.removeAllListeners();
        resolve(outcome);
      };
      running.once("message", (outcome) => settle(outcome as Outcome));
      running.once("exit", (code, signal) => giveUp(`the tests' process ended: ${signal ?? `exit code ${code}`}`));
      running.once("error", ({ message }) => giveUp(`the tests' process cannot be reached: ${message}`));
      running.send(work);
    });
  return { run, stop };
}
