import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Client } from "pg";
import { migrate } from "../../backend/storage/migrate.ts";
import { createDatabase, createEmptyDatabase, type TestDatabase } from "../support/database.ts";

const MIGRATIONS = fileURLToPath(new URL("../../backend/storage/migrations/", import.meta.url));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error) => error.code, // of ours, or of PostgreSQL's
  );

/** Every column of every table, and whether an INSERT must name it. */
async function columnsOf(url: string): Promise<Map<string, boolean>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string; required: boolean }>(
    `SELECT table_name || '.' || column_name AS name,
            is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AS required
       FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  await client.end();
  return new Map(rows.map(({ name, required }) => [name, required]));
}

describe("migrate", () => {
  let empty: { url: string; drop(): Promise<void> };
  let folder: string;

  beforeEach(async () => {
    empty = await createEmptyDatabase();
    folder = mkdtempSync(join(tmpdir(), "migrations-"));
    cpSync(MIGRATIONS, folder, { recursive: true });
  });
  afterEach(async () => {
    await empty.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const bookkeeping = async (): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: empty.url });
    await client.connect();
    const { rows } = await client.query("SELECT * FROM _prisma_migrations ORDER BY migration_name");
    await client.end();
    return rows;
  };

  it("applies every migration once and writes Prisma's bookkeeping", async () => {
    expect(await migrate(empty.url)).to.include("0001_initial");
    expect(await migrate(empty.url)).to.deep.equal([]);
    const [row] = await bookkeeping();
    expect(row).to.include({ migration_name: "0001_initial", applied_steps_count: 1, rolled_back_at: null });
    expect(row?.checksum).to.match(/^[0-9a-f]{64}$/);
    expect(row?.finished_at).to.be.an.instanceof(Date);
  });

  it("migrates once when several processes start together", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => migrate(empty.url)));
    expect(all.filter((applied) => applied.length > 0)).to.have.length(1);
  });

  it("leaves nothing of a migration that fails", async () => {
    cpSync(join(folder, "0001_initial"), join(folder, "0900_broken"), { recursive: true });
    writeFileSync(join(folder, "0900_broken", "migration.sql"), "CREATE TABLE half (id INT); SELECT 1 / 0;");
    expect(await codeOf(migrate(empty.url, folder))).to.equal("22012");
    expect((await bookkeeping()).map((row) => row["migration_name"])).to.not.include("0900_broken");
    writeFileSync(join(folder, "0900_broken", "migration.sql"), "CREATE TABLE half (id INT);");
    expect(await migrate(empty.url, folder)).to.deep.equal(["0900_broken"]);
  });

  it("takes nothing from the versions before, which go on writing while processes are exchanged", async () => {
    const names = readdirSync(MIGRATIONS).filter((name) => /^\d/.test(name));
    const only = mkdtempSync(join(tmpdir(), "migrations-one-by-one-"));
    const before: { name: string; columns: Map<string, boolean> }[] = [];
    try {
      for (const name of names.sort()) {
        cpSync(join(MIGRATIONS, name), join(only, name), { recursive: true });
        await migrate(empty.url, only);
        before.push({ name, columns: await columnsOf(empty.url) });
      }
      const now = await columnsOf(empty.url);
      for (const { name, columns } of before) {
        const tables = new Set([...columns.keys()].map((column) => column.split(".")[0]));
        const gone = [...columns.keys()].filter((column) => !now.has(column));
        expect(gone, `gone since ${name}`).to.deep.equal([]);
        const demanded = [...now].filter(
          ([column, required]) => required && tables.has(column.split(".")[0]) && columns.get(column) !== true,
        );
        expect(demanded, `demanded since ${name}`).to.deep.equal([]);
      }
    } finally {
      rmSync(only, { recursive: true, force: true });
    }
  });

  it("refuses a migration that was edited after it had been applied", async () => {
    await migrate(empty.url, folder);
    writeFileSync(join(folder, "0001_initial", "migration.sql"), "SELECT 1;");
    expect(await codeOf(migrate(empty.url, folder))).to.equal("migration-changed");
  });

  it("refuses a database that newer code has migrated", async () => {
    cpSync(join(folder, "0001_initial"), join(folder, "0900_newer"), { recursive: true });
    writeFileSync(join(folder, "0900_newer", "migration.sql"), "SELECT 1;");
    await migrate(empty.url, folder);
    expect(await codeOf(migrate(empty.url))).to.equal("database-newer-than-code");
  });

  it("refuses a database whose COMMIT does not wait for the disk", async () => {
    const client = new Client({ connectionString: empty.url });
    await client.connect();
    await client.query(`ALTER DATABASE ${new URL(empty.url).pathname.slice(1)} SET synchronous_commit = off`);
    await client.end();
    expect(await codeOf(migrate(empty.url))).to.equal("database-unsuitable");
  });
});

describe("openDatabase", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it("shows the same rows through Prisma and through plain SQL", async () => {
    await database.prisma.missingRecord.create({ data: { hash: "0x01" } });
    const { rows } = await database.pool.query("SELECT hash FROM missing_record");
    expect(rows).to.deep.equal([{ hash: "0x01" }]);
  });
});
