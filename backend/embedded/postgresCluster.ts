import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chown, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { DomainError } from "../domain/errors.ts";
import type { DatabaseUser, PostgresPlace } from "./postgresPlace.ts";
import { processStamp } from "./processStamp.ts";

export const SUPERUSER = "battery_passport";
const ORPHAN_GRACE_MS = 5_000;

/** No PG… variable of the caller may reach the server, and its messages stay in English. */
export const SERVER_ENV: NodeJS.ProcessEnv = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };

/**
 * Makes the cluster unless it exists: UTF-8 with PostgreSQL's own locale (a collation that follows the system's would
 * corrupt indexes when the system is updated), checksums on every page, and a password even on loopback, because
 * every user of the machine can connect there.
 */
export async function ensureCluster(
  place: PostgresPlace,
  password: string,
  signal?: AbortSignal,
): Promise<"new" | "existing"> {
  if (existsSync(join(place.cluster, "PG_VERSION"))) return "existing";
  await removeDrafts(place.cluster);
  // A start that is killed here leaves a draft, never half a cluster; and the name is its own, because its initdb may
  // still be writing when the next start begins.
  const draft = `${place.cluster}.new-${process.pid}`;
  const passwordFile = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600, flag: "wx" });
  await own(draft, place.user);
  await own(passwordFile, place.user);
  const args = ["--pgdata", draft, "--username", SUPERUSER, "--pwfile", passwordFile, "--auth", "scram-sha-256"];
  args.push("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8");
  args.push("--data-checksums");
  try {
    await runInitdb(place, args, signal);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, place.cluster);
  return "new";
}

async function runInitdb(place: PostgresPlace, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const options = { ...place.user, ...(signal && { signal }), cwd: "/", env: SERVER_ENV };
  const running = promisify(execFile)(join(place.programs, "initdb"), args, options);
  // An aborted call rejects before its program has ended.
  const ended = new Promise((resolve) => running.child.once("close", resolve));
  try {
    await running;
  } catch (cause) {
    await ended;
    const said = lastLine((cause as { stderr?: string }).stderr ?? "") || (cause as Error).message;
    const message = `PostgreSQL cannot make its data folder ${place.cluster}: ${said}`;
    throw new DomainError("postgres-not-started", message, { cluster: place.cluster, said }, { cause });
  }
}

/**
 * Ends a server that an earlier life of this installation left on the cluster, and removes its pid file when the
 * number in it belongs to a stranger by now (PostgreSQL itself would refuse to start then). The caller holds the lock
 * on the installation, so no server here has a rightful owner.
 */
export async function endOrphan(cluster: string): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  } catch {
    return;
  }
  const stamp = processStamp(pid);
  if (stamp === undefined) return; // PostgreSQL recognises the file of a dead server by itself
  if (!commandLine(pid).includes(cluster)) return await rm(file, { force: true });
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + ORPHAN_GRACE_MS;
  while (processStamp(pid) === stamp) {
    if (Date.now() > deadline) process.kill(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function removeDrafts(cluster: string): Promise<void> {
  const [folder, prefix] = [dirname(cluster), `${basename(cluster)}.new-`];
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  for (const name of drafts) await rm(join(folder, name), { recursive: true, force: true });
}

export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

async function own(path: string, user: DatabaseUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

function commandLine(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
