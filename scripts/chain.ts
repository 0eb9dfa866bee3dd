// `npm run chain`: only the chain node of an installation, without our server, so that a passport can be checked
// against the chain while nothing of ours answers. It mines for whoever sends transactions, and saves when it stops.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readConfig } from "../backend/config.ts";
import { DomainError } from "../backend/domain/errors.ts";
import { chainPaths, type EmbeddedChain, startChain } from "../backend/embedded/chain.ts";

let running: EmbeddedChain | undefined;
let stopping = false;

async function start(): Promise<void> {
  const dataDir = resolve(readConfig(process.env).dataDir);
  if (!existsSync(chainPaths(dataDir).states)) {
    const message = `There is no chain in ${dataDir}: npm start makes one, and DATA_DIR names another folder.`;
    throw new DomainError("chain-state-missing", message, { dataDir });
  }
  const chain = await startChain({ dataDir, log: console.log });
  running = chain;
  if (stopping) return;
  console.log(`The chain answers at ${chain.rpcUrl} (chain id ${chain.chainId}). Ctrl-C stops it.`);
  void chain.failed.then(fail);
}

async function stop(): Promise<void> {
  if (stopping) return; // a terminal's Ctrl-C arrives more than once
  stopping = true;
  await starting;
  await running?.stop();
  process.exit(0);
}

function fail(error: unknown): never {
  console.error(error instanceof DomainError ? error.message : error);
  process.exit(1);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop().catch(fail));
const starting = start();
starting.catch(fail);
