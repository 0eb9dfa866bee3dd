import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** A child that cannot outlive this process. */
export interface GuardedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Settles when the child has ended, with its exit code or the signal that ended it. Never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends `signal`, then SIGKILL after `graceMs`, and waits for the end. */
  end(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

/**
 * Reads from a pipe that our process holds open. The kernel closes it when our process ends, by kill -9 too; then the
 * program (`$1`) gets its signal (`$2`), and five seconds later the last one. A shell costs 1 MB where a second Node
 * costs 60, and every POSIX system has one. It is deaf to a service manager that signals the whole group at once.
 */
const WATCHDOG = `trap '' INT TERM HUP
while read -r _; do :; done
kill -s "$2" "$1" 2>/dev/null || exit 0
i=0; while [ "$i" -lt 50 ]; do sleep 0.1; kill -0 "$1" 2>/dev/null || exit 0; i=$((i + 1)); done
kill -s KILL "$1" 2>/dev/null`;

/**
 * Starts a program that this process needs and that must go when it goes, even by kill -9: a watchdog sends it
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
  const watchdog = watch(pid, lastSignal);
  // It goes with its program: the number may belong to a stranger afterwards.
  void ended.then(() => watchdog.kill("SIGKILL"));
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

function watch(pid: number, signal: NodeJS.Signals): ChildProcess {
  const args = ["-c", WATCHDOG, "watchdog", String(pid), signal.slice("SIG".length)];
  const watchdog = spawn("/bin/sh", args, { detached: true, cwd: "/", stdio: ["pipe", "ignore", "ignore"] });
  watchdog.stdin?.on("error", () => undefined); // a watchdog that is ended first breaks the pipe
  // Watching must not keep this process alive.
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return watchdog;
}
