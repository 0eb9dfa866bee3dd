import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { startPostgres } from "./postgres.ts";
import { SUPERUSER } from "./postgresCluster.ts";
import { databaseUser, findPlace } from "./postgresPlace.ts";
import { secretFile } from "./secretFile.ts";

/**
 * The database of an installation for a second program: that of the running server, else one started for as long as it is
 * needed. Errors: those of `startPostgres`, and `postgres-not-started` where the running one says nothing of its port.
 */
export async function openInstallationDatabase(
  dataDir: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  try {
    return await startPostgres({ dataDir, log: () => undefined });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "postgres-in-use") throw error;
    return { url: await runningUrl(join(resolve(dataDir), "postgres")), stop: async () => undefined };
  }
}

async function runningUrl(folder: string): Promise<string> {
  const { cluster } = await findPlace(folder, join(folder, "location"), databaseUser());
  // postmaster.pid: process, folder, start, port, …, a line each.
  const [, , , port] = (await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  if (port === undefined || !/^\d+$/.test(port)) {
    throw new DomainError("postgres-not-started", `The database in ${cluster} is starting or stopping; try again.`, {
      cluster,
    });
  }
  const password = await secretFile(join(folder, "password"));
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/battery_passport`;
}
