import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { postgresBinaries } from "./platformBinaries.ts";

/** Where root keeps what another user must reach, when the project itself is out of that user's sight. */
const SYSTEM_FOLDER = "/var/lib/battery-passport";

/** The user that PostgreSQL runs as; nothing is set when that is simply the user who started us. */
export interface DatabaseUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Where the programs are run from and where the cluster lies. */
export interface PostgresPlace {
  readonly user: DatabaseUser;
  readonly programs: string;
  readonly cluster: string;
  /** True when the cluster had to go outside DATA_DIR; `locationFile` then remembers where. */
  readonly elsewhere: boolean;
}

/** PostgreSQL refuses to run as root: then it is the system's `postgres` user, or `nobody`, which every Unix has. */
export function databaseUser(): DatabaseUser {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) => spawnSync("id", [flag, name], { encoding: "utf8" }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new DomainError(
    "postgres-user-missing",
    "PostgreSQL does not run as root, and this system has neither a postgres nor a nobody user; start as another user.",
  );
}

/**
 * Finds a place that the database's user can reach. Programs and cluster stay where they are whenever possible. Below
 * a home folder that is closed to others (0700, as /root usually is) the programs are copied, and the cluster lies,
 * in a folder of the system; `locationFile` remembers which, so that the next start finds its data again.
 */
export async function findPlace(folder: string, locationFile: string, user: DatabaseUser): Promise<PostgresPlace> {
  const { folder: packaged, version } = postgresBinaries();
  const programs = join(packaged, "bin");
  const reachable = user.uid === undefined || runs(join(programs, "postgres"), user);
  const usable = reachable ? programs : await copyPrograms(packaged, version);
  const remembered = await readLocation(locationFile);
  if (remembered !== undefined) {
    if (existsSync(join(remembered, "PG_VERSION"))) {
      return { user, programs: usable, cluster: remembered, elsewhere: true };
    }
    const message = `The database of this installation lay in ${remembered} and is not there any more; restore it, or start anew with an empty DATA_DIR.`;
    throw new DomainError("postgres-data-missing", message, { cluster: remembered });
  }
  if (user.uid === undefined || reaches(folder, user)) {
    return { user, programs: usable, cluster: join(folder, "cluster"), elsewhere: false };
  }
  const home = join(SYSTEM_FOLDER, randomBytes(8).toString("hex"));
  await mkdir(home, { recursive: true, mode: 0o711 });
  return { user, programs: usable, cluster: join(home, "cluster"), elsewhere: true };
}

function runs(program: string, user: DatabaseUser): boolean {
  return spawnSync(program, ["--version"], { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}

function reaches(folder: string, user: DatabaseUser): boolean {
  return spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}

/** Copies once per version; a copy appears under its name only when it is whole. */
async function copyPrograms(packaged: string, version: string): Promise<string> {
  const target = join(SYSTEM_FOLDER, `postgresql-${version}`);
  if (!existsSync(target)) {
    await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
    const draft = `${target}.${process.pid}`;
    await cp(packaged, draft, { recursive: true, verbatimSymlinks: true });
    try {
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!existsSync(target)) throw error; // another start was quicker: its copy is as good
    }
  }
  return join(target, "bin");
}

async function readLocation(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch {
    return undefined;
  }
}
