// A process of its own that outlives the one it watches by a moment. Its standard input is a pipe from our process:
// when that process ends, however it ends (kill -9 too), the pipe closes, and every child still registered is ended.
// Lines: `watch <pid> <signal>` and `forget <pid>`.
import { createInterface } from "node:readline";
import { processStamp } from "./processStamp.ts";

const GRACE_MS = 5_000;

interface Watched {
  readonly signal: NodeJS.Signals;
  readonly stamp: string | undefined;
}

const watched = new Map<number, Watched>();

// A service manager that stops a whole group signals us too; our work starts only when the pipe closes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [word, number, signal] = line.split(" ");
  const pid = Number(number);
  if (word === "watch") watched.set(pid, { signal: signal as NodeJS.Signals, stamp: processStamp(pid) });
  if (word === "forget") watched.delete(pid);
});
lines.on("close", () => {
  for (const [pid, { signal }] of living()) end(pid, signal);
  const deadline = Date.now() + GRACE_MS;
  const check = setInterval(() => {
    const rest = living();
    if (rest.length > 0 && Date.now() < deadline) return;
    for (const [pid] of rest) end(pid, "SIGKILL");
    clearInterval(check);
    process.exit(0);
  }, 20);
});

/** Only those that are still the process that was registered: a number may belong to a stranger by now. */
function living(): [number, Watched][] {
  return [...watched].filter(([pid, { stamp }]) => stamp !== undefined && processStamp(pid) === stamp);
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it went by itself between the look and the signal
  }
}
