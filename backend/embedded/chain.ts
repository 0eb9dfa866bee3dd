import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { type ChainAccount, chainAccounts, genesisOf } from "./chainAccounts.ts";
import {
  type BlockHeader,
  CHAIN_ID,
  type ChainNode,
  FINALITY_DEPTH,
  mineBlock,
  readHeader,
  startChainNode,
} from "./chainNode.ts";
import { writeDurably } from "./durableFile.ts";
import { takeFolder } from "./folderLock.ts";
import { type Miner, startMiner } from "./mineOnDemand.ts";
import { listStates, type SavedState, saveState, setAside, unpackState } from "./savedStates.ts";

const MINE_EVERY_MS = 250;
const STOP_MS = 2_000;

/** The chain of an installation, running. */
export interface EmbeddedChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Accounts with funds, made for this installation: the first deploys and relays. */
  readonly accounts: readonly ChainAccount[];
  /** Settles only when the node ends without having been told to; the sentence says so. */
  readonly failed: Promise<DomainError>;
  /** Saves the chain as it stands and ends the node. */
  stop(): Promise<void>;
}

/** Where others find the node while it runs (`endpoint.json` in the chain's folder). */
export interface ChainEndpoint {
  readonly rpcUrl: string;
  readonly chainId: number;
}

/** The places of a chain inside DATA_DIR. */
export function chainPaths(dataDir: string) {
  const folder = join(dataDir, "chain");
  return {
    folder,
    states: join(folder, "states"),
    accounts: join(folder, "accounts.json"),
    endpoint: join(folder, "endpoint.json"),
    cache: join(folder, "cache"),
    loading: join(folder, "loading.json"),
  };
}

/**
 * Starts the embedded chain under `dataDir/chain`, from the newest saved state that loads, or from a new genesis. It
 * keeps its port from one start to the next while that port is free.
 *
 * What a client sees as `finalized` is on disk (see mineOnDemand.ts). After kill -9 the chain comes back a few blocks
 * shorter, and those few were never finalized.
 *
 * Errors: `chain-in-use`, `chain-state-unreadable`, `chain-not-started`, `embedded-part-missing`.
 */
export async function startChain(options: {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  readonly port?: number;
  readonly mineEveryMs?: number;
}): Promise<EmbeddedChain> {
  const paths = chainPaths(options.dataDir);
  await mkdir(paths.states, { recursive: true });
  const lock = takeFolder(paths.folder);
  if ("heldBy" in lock) {
    const message = `The chain in ${paths.folder} is already running (process ${lock.heldBy}).`;
    throw new DomainError("chain-in-use", message, { folder: paths.folder, pid: lock.heldBy });
  }
  let node: ChainNode | undefined;
  let stopping = false;
  try {
    const accounts = await chainAccounts(paths.accounts);
    const port = options.port ?? (await rememberedPort(paths.endpoint));
    node = await load(paths, accounts, port, options.log);
    const running = node;
    const save = async () => await saveNow(running, paths.states);
    const saved = await settle(running, save);
    const endpoint: ChainEndpoint = { rpcUrl: running.rpcUrl, chainId: CHAIN_ID };
    await writeDurably(paths.endpoint, `${JSON.stringify(endpoint)}\n`);
    const everyMs = options.mineEveryMs ?? MINE_EVERY_MS;
    const miner = startMiner(running, { saved, everyMs }, save, options.log);
    const failed = running.process.ended.then(async ({ code, signal }) => {
      if (stopping) return await new Promise<DomainError>(() => undefined);
      return new DomainError("chain-ended", `The chain node ended by itself (${signal ?? `code ${code}`}).`);
    });
    const stop = async () => {
      stopping = true;
      await stopChain(running, miner, save, options.log);
      lock.release();
    };
    return { ...endpoint, accounts, failed, stop };
  } catch (error) {
    stopping = true;
    await node?.process.end("SIGKILL", 0);
    lock.release();
    throw error;
  }
}

type Paths = ReturnType<typeof chainPaths>;

async function load(
  paths: Paths,
  accounts: readonly ChainAccount[],
  port: number | undefined,
  log: (line: string) => void,
): Promise<ChainNode> {
  const states = listStates(paths.states);
  if (states.length === 0) {
    const genesis = `${paths.folder}/genesis.json`;
    await writeFile(genesis, genesisOf(accounts, CHAIN_ID, Math.floor(Date.now() / 1000)));
    return await startChainNode({ genesis }, { cache: paths.cache, port });
  }
  for (const state of states) {
    try {
      const node = await loadState(state, paths, port);
      if (state !== states[0]) {
        log(`The newest copy of the chain was damaged; it continues at block ${state.blockNumber} of an older one.`);
      }
      return node;
    } catch (cause) {
      log(`A saved copy of the chain does not load (${state.path}): ${(cause as Error).message}`);
      setAside(state);
    }
  }
  const message = `None of the ${states.length} saved copies of the chain in ${paths.states} can be read; restore one from a backup, or start anew with an empty DATA_DIR.`;
  throw new DomainError("chain-state-unreadable", message, { folder: paths.states, tried: states.length });
}

/** Unpacks one copy, starts a node on it, and checks that the node stands where the copy says. */
export async function loadState(
  state: SavedState,
  paths: { readonly loading: string; readonly cache: string },
  port?: number,
): Promise<ChainNode> {
  await writeFile(paths.loading, await unpackState(state));
  try {
    const node = await startChainNode({ state: paths.loading }, { cache: paths.cache, port });
    const { number } = await readHeader(node, "latest");
    if (number === state.blockNumber) return node;
    await node.process.end("SIGKILL", 0);
    throw new Error(`the node stands at block ${number}, the copy is of block ${state.blockNumber}`);
  } finally {
    await rm(paths.loading, { force: true });
  }
}

/**
 * A copy holds the state of its latest block alone, so a node that has just loaded it cannot answer questions "at
 * finalized". As many empty blocks as finality takes make the copy's own block the finalized one, which is on disk.
 * Returns the saved block.
 */
async function settle(node: ChainNode, save: () => Promise<BlockHeader>): Promise<BlockHeader> {
  const head = await readHeader(node, "latest");
  if (head.number === 0) return await save(); // a new chain: its genesis must survive a crash too
  await mineEmptyBlocks(node, FINALITY_DEPTH);
  return head;
}

export async function mineEmptyBlocks(node: ChainNode, count: number): Promise<void> {
  let parent = await readHeader(node, "latest");
  for (let i = 0; i < count; i++) parent = await mineBlock(node, parent, Math.floor(Date.now() / 1000));
}

async function saveNow(node: ChainNode, folder: string): Promise<BlockHeader> {
  // Only the miner mines, and it waits for this: the head does not move between the two calls.
  const head = await readHeader(node, "latest");
  const dump = (await node.call("anvil_dumpState")) as string;
  await saveState(folder, head.number, Buffer.from(dump.slice(2), "hex"));
  return head;
}

async function stopChain(
  node: ChainNode,
  miner: Miner,
  save: () => Promise<BlockHeader>,
  log: (line: string) => void,
): Promise<void> {
  await miner.stop();
  try {
    await save();
  } catch (error) {
    log(`The chain's last blocks were not saved: ${(error as Error).message}`);
  }
  await node.process.end("SIGTERM", STOP_MS);
}

async function rememberedPort(endpointFile: string): Promise<number | undefined> {
  try {
    const { rpcUrl } = JSON.parse(await readFile(endpointFile, "utf8")) as ChainEndpoint;
    return Number(new URL(rpcUrl).port);
  } catch {
    return undefined; // a first start, or a file that somebody edited: any port will do
  }
}
