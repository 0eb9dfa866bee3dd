import { spawn } from "node:child_process";
import type { Socket } from "node:net";

export type TiedProcess = {
  /** The last of what it wrote. */
  output(): string;
  /** Sends the signal that it was started with, and waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would, and waits for its end. */
  kill(): Promise<void>;
};
export type Identity = { readonly uid?: number; readonly gid?: number };

// The shell waits at a pipe from this process. When this process dies in whatever way, the pipe closes and the child
// is ended: a test run that was killed leaves nothing behind. TERM lets the child save; INT is PostgreSQL's fast stop.
const SCRIPT = `signal=$1; shift; "$@" 3<&- & child=$!; echo $child >&3
( read -r _ <&3; kill -s "$signal" $child 2>/dev/null ) & wait $child`;

/** Starts a native program that cannot outlive this process. */
export function startTied(signal: "INT" | "TERM", command: readonly string[], identity: Identity = {}): TiedProcess {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", signal, ...command], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    ...identity,
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  shell.stdout?.on("data", keep);
  shell.stderr?.on("data", keep);
  const tie = shell.stdio[3] as Socket;
  const childId = new Promise<number>((resolve) =>
    tie.once("data", (line: Buffer) => resolve(Number(line.toString()))),
  );
  const ended = new Promise<void>((resolve) => shell.once("exit", () => resolve()));
  const stop = (): Promise<void> => {
    tie.destroy();
    return ended;
  };
  return {
    output: () => output,
    stop,
    async kill() {
      process.kill(await childId, "SIGKILL");
      await ended;
      await stop();
    },
  };
}
