import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A child that cannot outlive this process. */
export interface GuardedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Settles when the child has ended, with its exit code or the signal that ended it. Never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends `signal`, then SIGKILL after `graceMs`, and waits for the end. */
  end(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

const RESTART_MS = 200;

const watched = new Map<number, NodeJS.Signals>();
let watchdog: ChildProcess | undefined;

/**
 * Starts a program that this process needs and that must go when it goes, even by kill -9: the watchdog sends it
 * `lastSignal` then. It runs in a session of its own, because Ctrl-C in a terminal signals the whole foreground group,
 * and a database that stops before the server has drained loses the server's last answers.
 */
export async function spawnGuarded(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly lastSignal: NodeJS.Signals },
): Promise<GuardedProcess> {
  const { lastSignal, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, detached: true });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} has no process number`);
  watch(pid, lastSignal);
  void ended.then(() => forget(pid));
  return {
    pid,
    child,
    ended,
    end: async (signal, graceMs) => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function watch(pid: number, signal: NodeJS.Signals): void {
  watched.set(pid, signal);
  if (watchdog === undefined) startWatchdog();
  else tell(`watch ${pid} ${signal}`);
}

function forget(pid: number): void {
  watched.delete(pid);
  tell(`forget ${pid}`);
}

function tell(line: string): void {
  watchdog?.stdin?.write(`${line}\n`);
}

/** Starts the watchdog, and starts it again should it be killed while there is something to watch. */
function startWatchdog(): void {
  const program = fileURLToPath(new URL("watchdog.ts", import.meta.url));
  const started = spawn(
    process.execPath,
    ["--max-old-space-size=16", "--disable-warning=ExperimentalWarning", program],
    {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  watchdog = started;
  started.stdin?.on("error", () => undefined); // a write to a watchdog that was just killed: `exit` follows
  const gone = () => {
    if (watchdog !== started) return;
    watchdog = undefined;
    if (watched.size > 0) setTimeout(() => watchdog ?? startWatchdog(), RESTART_MS).unref();
  };
  started.once("exit", gone);
  started.once("error", gone);
  for (const [pid, signal] of watched) tell(`watch ${pid} ${signal}`);
  // Watching must not keep this process alive.
  started.unref();
  (started.stdin as unknown as { unref?: () => void } | null)?.unref?.();
}
