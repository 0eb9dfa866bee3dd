import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../backend/config.ts";
import { startChain } from "../../backend/embedded/chain.ts";
import { operateInstallation } from "../../backend/main/operateInstallation.ts";
import { createStopSteps } from "../../backend/main/stopSteps.ts";
import type { Deployment } from "../../backend/services/deployment.ts";
import { createDatabase } from "../support/database.ts";

/** A whole installation, as `npm start` wires it, in this process: for command lines to work against. */
export type TestInstallation = {
  readonly url: string;
  readonly dataDir: string;
  readonly deployment: Deployment;
  readonly rpcUrl: string;
  /** Makes the operator one that never saw the offers it holds. */
  forgetOffers(): Promise<void>;
  /** Ends HTTP and workers; the chain goes on. */
  stopServer(): Promise<void>;
  stopChain(): Promise<void>;
  /** Ends whatever runs, and removes the folder. */
  stop(): Promise<void>;
};

export async function startInstallation(): Promise<TestInstallation> {
  const dataDir = await mkdtemp(join(tmpdir(), "battery-passport-cli-"));
  const database = await createDatabase();
  const chain = await startChain({ dataDir, log: () => undefined, mineEveryMs: 20 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const stopSteps = createStopSteps();
  stopSteps.add("database", database.drop);
  stopSteps.add("HTTP", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const surroundings = {
    dataDir,
    databaseUrl: database.url,
    rpcUrls: [chain.rpcUrl] as const,
    postgres: undefined,
    chain,
  };
  const { signal: stopping } = new AbortController();
  const config = readConfig({ REQUESTS_PER_MINUTE: "0", LOG_LEVEL: "fatal" });
  const { application, deployment } = await operateInstallation(
    config,
    surroundings,
    url,
    stopSteps,
    () => undefined,
    stopping,
  );
  server.on("request", application.app);

  let mining = true;
  const stopServer = () => stopSteps.run(console.error);
  const stopChain = async (): Promise<void> => {
    if (mining) await chain.stop();
    mining = false;
  };
  return {
    url,
    dataDir,
    deployment,
    rpcUrl: chain.rpcUrl,
    forgetOffers: async () => void (await database.pool.query("DELETE FROM offer")),
    stopServer,
    stopChain,
    async stop() {
      await stopServer();
      await stopChain();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
