import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * What tells one process from another that later got the same number: its start time (and, on Linux, the boot it
 * belongs to). `undefined` when no such process runs. A zombie counts as gone: it holds nothing any more.
 */
export function processStamp(pid: number): string | undefined {
  if (process.platform === "linux") return linuxStamp(pid);
  try {
    const started = execFileSync("ps", ["-o", "lstart=,stat=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return started === "" || / Z\S*$/.test(started) ? undefined : started.replace(/\s+\S+$/, "");
  } catch {
    return undefined;
  }
}

function linuxStamp(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may itself hold spaces and parentheses: the numbered fields start after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    const startedAtTick = fields[19]; // proc(5): field 22, and this list starts with field 3
    if (state === undefined || startedAtTick === undefined || "ZX".includes(state)) return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${startedAtTick}`;
  } catch {
    return undefined;
  }
}
