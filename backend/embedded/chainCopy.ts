import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { type ChainEndpoint, chainPaths, loadState, mineEmptyBlocks } from "./chain.ts";
import { CHAIN_ID, FINALITY_DEPTH } from "./chainNode.ts";
import { folderHolder } from "./folderLock.ts";
import { readStates } from "./savedStates.ts";

const ANSWER_MS = 2_000;

/** A chain to read from for one verification. */
export interface ChainCopy {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** `running`: the installation's own node; `saved`: a node on the newest saved state, `blockNumber` finalized. */
  readonly source: "running" | "saved";
  stop(): Promise<void>;
}

/**
 * Gives access to an installation's chain without our server: its node when it runs, and otherwise a node of its own
 * on the newest saved copy, in a temporary folder. Writes nothing under `directory` (a DATA_DIR or its chain folder).
 *
 * The node on a copy mines, in memory only, the empty blocks that make the saved block the finalized one: the block
 * that a report then names is one that the installation itself keeps.
 *
 * Errors: `chain-state-missing`, `chain-state-unreadable`, `chain-not-started`, `embedded-part-missing`.
 */
export async function startChainCopy(directory: string): Promise<ChainCopy> {
  const dataDir = existsSync(join(directory, "states")) ? join(directory, "..") : directory;
  const paths = chainPaths(dataDir);
  const running = await runningEndpoint(paths.folder, paths.endpoint);
  if (running !== undefined) return { ...running, source: "running", stop: async () => undefined };

  const states = readStates(paths.states);
  if (states.length === 0) {
    throw new DomainError("chain-state-missing", `There is no saved chain in ${paths.states}.`, {
      folder: paths.states,
    });
  }
  const scratch = await mkdtemp(join(tmpdir(), "battery-passport-chain-"));
  const places = { loading: join(scratch, "loading.json"), cache: join(scratch, "cache") };
  let cause: unknown;
  for (const state of states) {
    try {
      const node = await loadState(state, places);
      await mineEmptyBlocks(node, FINALITY_DEPTH);
      const stop = async () => {
        await node.process.end("SIGKILL", 0);
        await rm(scratch, { recursive: true, force: true });
      };
      return { rpcUrl: node.rpcUrl, chainId: CHAIN_ID, source: "saved", stop };
    } catch (error) {
      cause ??= error;
    }
  }
  await rm(scratch, { recursive: true, force: true });
  const message = `None of the saved copies of the chain in ${paths.states} can be read.`;
  throw new DomainError("chain-state-unreadable", message, { folder: paths.states, tried: states.length }, { cause });
}

async function runningEndpoint(folder: string, endpointFile: string): Promise<ChainEndpoint | undefined> {
  if (folderHolder(folder) === undefined) return undefined;
  try {
    const endpoint = JSON.parse(await readFile(endpointFile, "utf8")) as ChainEndpoint;
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(endpoint.rpcUrl, { method: "POST", headers, body, signal });
    const answer = (await response.json()) as { result?: string };
    return Number(answer.result) === endpoint.chainId ? endpoint : undefined;
  } catch {
    return undefined;
  }
}
