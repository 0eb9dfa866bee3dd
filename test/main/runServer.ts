import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { waitUntil } from "../support/waitUntil.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A server in a process of its own, as `npm start` runs it. */
export interface RunningServer {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything it has written so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Waits until it says that it is ready; fails with its output when it ends instead. */
  ready(timeoutMs?: number): Promise<void>;
}

/**
 * Starts `backend/main/start.ts` on a data folder, with nothing of our own environment but the path.
 * @param options.through a program that becomes the server, given its command line: `["sh", "-c", "…; exec \"$0\" \"$@\""]`
 */
export function runServer(
  dataDir: string,
  options: {
    port: number;
    user?: { uid: number; gid: number };
    env?: Record<string, string>;
    through?: readonly string[];
  },
): RunningServer {
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: dataDir,
    PORT: String(options.port),
    SAMPLE: "false",
    ...options.env,
  };
  const [program = process.execPath, ...words] = [
    ...(options.through ?? []),
    process.execPath,
    "backend/main/start.ts",
  ];
  const child = spawn(program, words, {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...options.user,
  });
  let output = "";
  let over = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => {
      over = true;
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid as number,
    ended,
    output: () => output,
    signal: (signal) => child.kill(signal),
    ready: async (timeoutMs = 30_000) => {
      await waitUntil("the server is ready", () => over || output.includes("Ready after"), timeoutMs);
      if (over) throw new Error(`The server ended: ${output}`);
    },
  };
}
