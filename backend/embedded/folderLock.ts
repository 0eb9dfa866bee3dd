import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processStamp } from "./processStamp.ts";

interface LockHolder {
  readonly pid: number;
  readonly stamp: string;
}

/** A taken lock; `release` is safe to call twice. */
export interface FolderLock {
  release(): void;
}

const FILE = "lock.json";

/** The number of the live process that holds the folder, or `undefined`; a lock of a dead process holds nothing. */
export function folderHolder(folder: string): number | undefined {
  const holder = readHolder(join(folder, FILE));
  return holder !== undefined && processStamp(holder.pid) === holder.stamp ? holder.pid : undefined;
}

/**
 * Takes the folder for this process alone, or returns the number of the live process that has it. A lock left by a
 * process that was killed is taken over: number and start time together name a process, so that a number used again
 * by somebody else does not keep the folder closed.
 */
export function takeFolder(folder: string): FolderLock | { readonly heldBy: number } {
  const path = join(folder, FILE);
  const mine: LockHolder = { pid: process.pid, stamp: processStamp(process.pid) ?? "" };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    for (;;) {
      try {
        linkSync(draft, path); // atomic, and fails where a lock exists: unlike a check followed by a write
        return { release: () => releaseIfMine(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const heldBy = folderHolder(folder);
      if (heldBy !== undefined) return { heldBy };
      removeStale(path, draft);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two starters may judge the same lock stale; the one whose rename comes second must not throw away a fresh lock. */
function removeStale(path: string, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const holder = readHolder(aside);
  if (holder !== undefined && processStamp(holder.pid) === holder.stamp) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function releaseIfMine(path: string, mine: LockHolder): void {
  const holder = readHolder(path);
  if (holder?.pid === mine.pid && holder.stamp === mine.stamp) rmSync(path, { force: true });
}

/** A lock is linked into place complete, so a file that does not parse was not written by us and holds nothing. */
function readHolder(path: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof holder !== "object" || holder === null) return undefined;
    const { pid, stamp } = holder as Record<string, unknown>;
    return typeof pid === "number" && typeof stamp === "string" ? { pid, stamp } : undefined;
  } catch {
    return undefined;
  }
}
