import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of its own that runs an embedded part, to be killed as a power cut would kill it. */
export interface Host<Answer> {
  readonly answer: Answer;
  /** SIGKILL: no handler runs. */
  kill(): Promise<void>;
}

/**
 * Starts `test/embedded/<name>.ts` with these arguments and waits for the one line of JSON that it prints when its
 * part runs. Rejects with what it said when it ends before that.
 */
export async function startHost<Answer>(name: string, ...args: string[]): Promise<Host<Answer>> {
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let said = "";
  let answer = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      answer += chunk;
      if (answer.includes("\n")) resolve();
    });
    void ended.then(() => reject(new Error(`${name} ended: ${said}`)));
  });
  return {
    answer: JSON.parse(answer) as Answer,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
