import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { DomainError } from "../domain/errors.ts";
import { writeDurably } from "./durableFile.ts";
import { takeFolder } from "./folderLock.ts";
import { freePort } from "./freePort.ts";
import { type GuardedProcess, spawnGuarded } from "./guardedProcess.ts";
import { endOrphan, ensureCluster, lastLine, SERVER_ENV, SUPERUSER } from "./postgresCluster.ts";
import { databaseUser, findPlace, type PostgresPlace } from "./postgresPlace.ts";
import { secretFile } from "./secretFile.ts";

const DATABASE = "battery_passport";
const LOG_LIMIT = 5_000_000;
/** Replaying the log after a crash may take a while. */
const START_MS = 60_000;
const STOP_MS = 4_000;
const ATTEMPTS = 20;

/** The database of an installation, running. */
export interface EmbeddedPostgres {
  /** `postgresql://user:password@127.0.0.1:port/battery_passport` */
  readonly url: string;
  /** Settles only when the server ends without having been told to; the sentence says so. */
  readonly failed: Promise<DomainError>;
  /** Fast shutdown: open transactions are rolled back, connections closed, everything committed is on disk. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on loopback with its data under `dataDir/postgres` (or where its user can reach it, see
 * postgresPlace.ts), making the cluster and the database on the first start. Every commit that it confirms is on
 * disk: fsync and synchronous_commit are on, whatever a configuration file says.
 *
 * Errors: `postgres-in-use`, `postgres-not-started`, `postgres-data-missing`, `postgres-user-missing`,
 * `embedded-part-missing`.
 */
export async function startPostgres(options: {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Ends a first start early; the cluster is then made by the next. */
  readonly signal?: AbortSignal;
}): Promise<EmbeddedPostgres> {
  const folder = join(resolve(options.dataDir), "postgres");
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const lock = takeFolder(folder);
  if ("heldBy" in lock) {
    const message = `The database in ${folder} is already running (process ${lock.heldBy}).`;
    throw new DomainError("postgres-in-use", message, { folder, pid: lock.heldBy });
  }
  let server: GuardedProcess | undefined;
  let stopping = false;
  try {
    const password = await secretFile(join(folder, "password"));
    const locationFile = join(folder, "location");
    const place = await findPlace(folder, locationFile, databaseUser());
    if ((await ensureCluster(place, password, options.signal)) === "new" && place.elsewhere) {
      await writeDurably(locationFile, `${place.cluster}\n`);
      options.log(`PostgreSQL keeps its data in ${place.cluster}: its user cannot reach ${folder}.`);
    }
    const started = await startServer(place, join(folder, "log"), password);
    server = started.server;
    await ensureDatabase(started.urlOf);
    const failed = server.ended.then(async ({ code, signal }) => {
      if (stopping) return await new Promise<DomainError>(() => undefined);
      return new DomainError("postgres-ended", `PostgreSQL ended by itself (${signal ?? `code ${code}`}).`);
    });
    const running = server;
    const stop = async () => {
      stopping = true;
      await running.end("SIGINT", STOP_MS);
      lock.release();
    };
    return { url: started.urlOf(DATABASE), failed, stop };
  } catch (error) {
    stopping = true;
    await server?.end("SIGINT", STOP_MS);
    lock.release();
    throw error;
  }
}

type UrlOf = (database: string) => string;

async function startServer(
  place: PostgresPlace,
  logFile: string,
  password: string,
): Promise<{ server: GuardedProcess; urlOf: UrlOf }> {
  await endOrphan(place.cluster);
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT) renameSync(logFile, `${logFile}.1`);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const urlOf: UrlOf = (database) => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
    const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
    const server = await spawnServer(place, port, logFile);
    if (await waitUntilItAnswers(server, urlOf("postgres"))) return { server, urlOf };
    await server.end("SIGKILL", 0);
    const said = readFileSync(logFile).subarray(logStart).toString("utf8");
    // Backends of a killed server live on for a moment, and a port may be taken between our look and the server's.
    const passing = /shared memory block .* is still in use|could not bind|Address already in use/.test(said);
    if (!passing || attempt === ATTEMPTS) {
      const message = `PostgreSQL does not start: ${lastLine(said) || "it says nothing"} (${logFile})`;
      throw new DomainError("postgres-not-started", message, { cluster: place.cluster, logFile });
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function spawnServer(place: PostgresPlace, port: number, logFile: string): Promise<GuardedProcess> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    timezone: "UTC",
    log_min_messages: "warning",
    // Reading ahead with processes of their own pays on disks that a laptop does not have; each costs memory.
    io_method: "sync",
  };
  const args = [
    "-D",
    place.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const log = openSync(logFile, "a", 0o600);
  try {
    return await spawnGuarded(join(place.programs, "postgres"), args, {
      ...place.user,
      cwd: "/",
      env: SERVER_ENV,
      stdio: ["ignore", log, log],
      lastSignal: "SIGINT", // fast shutdown; SIGTERM would wait for clients that are gone
    });
  } finally {
    closeSync(log);
  }
}

async function waitUntilItAnswers(server: GuardedProcess, url: string): Promise<boolean> {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_MS;
  while (!ended && Date.now() < deadline) {
    try {
      await query(url, "SELECT 1"); // with our password: a stranger's server on this port does not count
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}

async function ensureDatabase(urlOf: UrlOf): Promise<void> {
  const found = await query(urlOf("postgres"), `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (found === 0) await query(urlOf("postgres"), `CREATE DATABASE ${DATABASE}`);
}

/** Runs one statement on a connection of its own and says how many rows came back. */
async function query(url: string, sql: string): Promise<number> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined); // a server that goes away between two steps: the query itself rejects
  try {
    await client.connect();
    return (await client.query(sql)).rows.length;
  } finally {
    await client.end().catch(() => undefined);
  }
}
