import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../../backend/embedded/postgres.ts";
import { type Database, openDatabase } from "../../../backend/storage/database.ts";
import { migrate } from "../../../backend/storage/migrate.ts";

/** A process that works beside the one that measures. */
export type BenchProcess = {
  /** What it has used of a core since it began, in milliseconds. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
};

/** A database as `npm start` makes it, on the disk and with fsync, and processes beside it; all gone afterwards. */
export type BenchSetting = {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly database: Database;
  /** Starts a program of this folder and waits for its first message. */
  start<Message>(program: string, ...args: readonly string[]): Promise<Message & BenchProcess>;
};

/** @param where `--data DIR` of the command line, to measure another disk than that of the temporary folder */
export async function withBenchSetting(work: (setting: BenchSetting) => Promise<void>): Promise<void> {
  const at = process.argv.indexOf("--data");
  const dataDir = await mkdtemp(join(at < 0 ? tmpdir() : (process.argv[at + 1] as string), "battery-passport-bench-"));
  const children: ChildProcess[] = [];
  const postgres = await startPostgres({ dataDir, log: () => undefined });
  const database = openDatabase(postgres.url);
  try {
    await migrate(postgres.url);
    await work({
      dataDir,
      databaseUrl: postgres.url,
      database,
      start: (program, ...args) => startChild(children, program, args),
    });
  } finally {
    await Promise.all(children.map(stopChild));
    await database.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startChild<Message>(
  children: ChildProcess[],
  program: string,
  args: readonly string[],
): Promise<Message & BenchProcess> {
  const profile = process.argv.includes("--profile") ? ["--cpu-prof"] : [];
  const child = fork(join(import.meta.dirname, program), [...args], {
    execArgv: profile,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  const message = await new Promise<Message>((resolve, reject) => {
    child.once("message", (first) => resolve(first as Message));
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code} before it was ready.`)));
  });
  const cpuMs = (): Promise<number> =>
    new Promise((resolve) => {
      child.once("message", (answer) => resolve((answer as { cpuMs: number }).cpuMs));
      child.send("cpu");
    });
  return { ...message, cpuMs, stop: () => stopChild(child) };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
