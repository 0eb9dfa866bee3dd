import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { DomainError } from "../domain/errors.ts";
import type { Transaction } from "./database.ts";

/** The lock that `prisma migrate deploy` takes, so that the two never run at once. */
const PRISMA_ADVISORY_LOCK = 72707369;
const OLDEST_POSTGRES = 150_000;

const MIGRATIONS = fileURLToPath(new URL("./migrations/", import.meta.url));

/** Prisma's own bookkeeping table, column for column: its command line finds nothing to do after us. */
const BOOKKEEPING = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(folder, name, "migration.sql"));
      return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    }),
  );
}

/**
 * Brings the database at `url` up to this code's schema; answers the names of the migrations it applied. Several
 * processes may call it at once: one migrates, the others wait and find nothing to do.
 * Throws `database-unsuitable` (too old, or not durable), `migration-changed`, `migration-unfinished`,
 * `database-newer-than-code`.
 */
export async function migrate(url: string, folder: string = MIGRATIONS): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away shows in the query under way; unheard, it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await requireDurable(client);
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_ADVISORY_LOCK]);
    return await applyMissing(client, await readMigrations(folder));
  } finally {
    await client.end(); // also lets the lock go
  }
}

/** A receipt is a promise: it is given after COMMIT, and means something only if COMMIT reached the disk. */
async function requireDurable(client: Client): Promise<void> {
  const setting = async (name: string): Promise<string> =>
    (await client.query(`SELECT current_setting('${name}') AS value`)).rows[0].value;
  const version = Number(await setting("server_version_num"));
  if (version < OLDEST_POSTGRES) {
    throw new DomainError("database-unsuitable", "PostgreSQL must be version 15 or newer.", { version });
  }
  for (const name of ["fsync", "synchronous_commit"]) {
    const value = await setting(name);
    if (value === "off") {
      throw new DomainError("database-unsuitable", `PostgreSQL must run with ${name} on, or receipts could be lost.`, {
        [name]: value,
      });
    }
  }
}

/** Makes every table where the connection's search path points first, without bookkeeping: for a schema to be dropped again. */
export async function createTables(tx: Transaction): Promise<void> {
  for (const { sql } of await readMigrations(MIGRATIONS)) await tx.query(sql);
}

async function applyMissing(client: Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(BOOKKEEPING);
  const { rows } = await client.query(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) requireSame(row, known.get(row.migration_name));
  const applied = new Set(rows.map((row) => row.migration_name));
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const migration of missing) await apply(client, migration);
  return missing.map(({ name }) => name);
}

function requireSame(
  row: { migration_name: string; checksum: string; finished_at: Date | null },
  migration: Migration | undefined,
): void {
  const details = { migration: row.migration_name };
  if (migration === undefined) {
    throw new DomainError("database-newer-than-code", "The database has a migration that this code lacks.", details);
  }
  if (row.finished_at === null) {
    throw new DomainError("migration-unfinished", "A migration began and did not finish; restore a backup.", details);
  }
  if (row.checksum !== migration.checksum) {
    throw new DomainError("migration-changed", "A migration was edited after it had been applied.", details);
  }
}

/** Schema and bookkeeping in one transaction: a migration is there wholly or not at all. */
async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
