import type { Config } from "../config.ts";
import { type EmbeddedChain, startChain } from "../embedded/chain.ts";
import { openInstallation } from "../embedded/installation.ts";
import { type EmbeddedPostgres, startPostgres } from "../embedded/postgres.ts";
import type { StopSteps } from "./stopSteps.ts";

/** What the server works with, whoever runs it. */
export interface Surroundings {
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly rpcUrls: readonly [string, ...string[]];
  /** `undefined` where the configuration names a server of its own instead. */
  readonly postgres: EmbeddedPostgres | undefined;
  readonly chain: EmbeddedChain | undefined;
}

/**
 * Takes the data folder and starts, side by side, the parts that the configuration does not replace. What was started
 * is entered in `stopSteps` at once, so that a failure of the other leaves nothing behind. `signal` ends it early.
 */
export async function startEmbedded(
  config: Pick<Config, "dataDir" | "databaseUrl" | "rpcUrls">,
  stopSteps: StopSteps,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Surroundings> {
  const { dataDir, release } = openInstallation(
    config.dataDir,
    config.databaseUrl !== null && config.rpcUrls.length > 0,
  );
  stopSteps.add("data folder", async () => release());

  const startOwnPostgres = async () => {
    if (config.databaseUrl !== null) return undefined;
    const postgres = await startPostgres({ dataDir, log, signal });
    stopSteps.add("PostgreSQL", postgres.stop);
    return postgres;
  };
  const startOwnChain = async () => {
    if (config.rpcUrls.length > 0) return undefined;
    const chain = await startChain({ dataDir, log });
    stopSteps.add("chain", chain.stop);
    return chain;
  };
  const started = await Promise.allSettled([startOwnPostgres(), startOwnChain()]);
  for (const part of started) if (part.status === "rejected") throw part.reason;
  const [postgres, chain] = started.map((part) => (part.status === "fulfilled" ? part.value : undefined)) as [
    EmbeddedPostgres | undefined,
    EmbeddedChain | undefined,
  ];
  return {
    dataDir,
    databaseUrl: config.databaseUrl ?? (postgres as EmbeddedPostgres).url,
    rpcUrls: chain === undefined ? (config.rpcUrls as [string, ...string[]]) : [chain.rpcUrl],
    postgres,
    chain,
  };
}
