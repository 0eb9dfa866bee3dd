import { spawn } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Client } from "pg";
import { type EmbeddedPostgres, startPostgres } from "../../backend/embedded/postgres.ts";
import { databaseUser } from "../../backend/embedded/postgresPlace.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { processesNaming, temporaryFolder } from "./folders.ts";
import { startHost } from "./startHost.ts";

describe("startPostgres", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let running: EmbeddedPostgres | undefined;
  // One folder for all of them: making a cluster is what takes time.
  before(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => await stop());
  after(() => folder.remove());

  async function start(): Promise<EmbeddedPostgres> {
    running = await startPostgres({ dataDir: folder.path, log: () => undefined });
    return running;
  }
  async function stop(): Promise<void> {
    await running?.stop();
    running = undefined;
  }
  const pidFile = () => join(folder.path, "postgres", "cluster", "postmaster.pid");

  it("runs a durable UTF-8 database on loopback that asks for a password", async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale,
         current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
         current_setting('data_checksums') AS checksums, current_setting('listen_addresses') AS addresses
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(row).to.deep.equal({
      ...{ encoding: "UTF8", provider: "b", locale: "C.UTF-8" },
      ...{ fsync: "on", commit: "on", checksums: "on", addresses: "127.0.0.1" },
    });
    const stranger = new URL(url);
    stranger.password = "guessed";
    expect(
      await query(stranger.href, "SELECT 1").then(
        () => "",
        (error) => error.code,
      ),
    ).to.equal("28P01");
    expect(statSync(join(folder.path, "postgres", "password")).mode & 0o777).to.equal(0o600);
  });

  it("keeps its data from one start to the next, and leaves no process", async () => {
    await query((await start()).url, "CREATE TABLE kept AS SELECT 'ä电池' AS word");
    await stop();
    expect(await processesNaming(folder.path)).to.deep.equal([]);
    expect(await query((await start()).url, "SELECT word FROM kept")).to.deep.equal([{ word: "ä电池" }]);
  });

  it("ends with the process that started it, by kill -9 too, and keeps what was committed", async () => {
    const host = await startHost<{ url: string }>("postgresHost", folder.path);
    await query(host.answer.url, "CREATE TABLE killed AS SELECT 1 AS n");
    await host.kill();
    await waitUntil("nothing is left", async () => (await processesNaming(folder.path)).length === 0);
    expect(await query((await start()).url, "SELECT n FROM killed")).to.deep.equal([{ n: 1 }]);
  });

  it("starts at once after kill -9, while the watchdog is still at work", async () => {
    const host = await startHost<{ url: string }>("postgresHost", folder.path);
    await query(host.answer.url, "CREATE TABLE hurried AS SELECT 2 AS n");
    await host.kill();
    expect(await query((await start()).url, "SELECT n FROM hurried")).to.deep.equal([{ n: 2 }]);
  });

  it("recovers when the server itself was killed and its number is a stranger's by now", async () => {
    await query((await start()).url, "CREATE TABLE orphaned AS SELECT 3 AS n");
    const server = Number.parseInt(readFileSync(pidFile(), "utf8"), 10);
    process.kill(server, "SIGKILL");
    expect(await running?.failed).to.include({ code: "postgres-ended" });
    await stop();
    // PostgreSQL itself refuses to start when that number belongs to a live process of its own user.
    const stranger = spawn("sleep", ["60"], { ...databaseUser(), cwd: "/" });
    writeFileSync(pidFile(), readFileSync(pidFile(), "utf8").replace(/^\d+/, String(stranger.pid)));
    expect(await query((await start()).url, "SELECT n FROM orphaned")).to.deep.equal([{ n: 3 }]);
    expect(stranger.exitCode).to.equal(null);
    stranger.kill();
  });

  it("refuses to run twice on one folder", async () => {
    await start();
    const error = await startPostgres({ dataDir: folder.path, log: () => undefined }).then(
      () => undefined,
      (cause) => cause,
    );
    expect(error).to.include({ code: "postgres-in-use" });
  });

  it("says in one sentence why the server does not start", async () => {
    await start();
    await stop();
    writeFileSync(join(folder.path, "postgres", "cluster", "postgresql.conf"), "no_such_setting = 1\n");
    const error = await start().then(
      () => undefined,
      (cause) => cause,
    );
    expect(error).to.include({ code: "postgres-not-started" });
    expect(error.message).to.match(/^PostgreSQL does not start: .*configuration file.*\.?$/);
    expect(await processesNaming(folder.path)).to.deep.equal([]);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
