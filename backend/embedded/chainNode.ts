import { DomainError } from "../domain/errors.ts";
import { freePort } from "./freePort.ts";
import { type GuardedProcess, spawnGuarded } from "./guardedProcess.ts";
import { anvilProgram } from "./platformBinaries.ts";

export const CHAIN_ID = 31337;
/** With two slots in an epoch the node calls a block finalized when four more stand on it. */
export const SLOTS_IN_AN_EPOCH = 2;
export const FINALITY_DEPTH = 2 * SLOTS_IN_AN_EPOCH;

/** States of that many latest blocks stay readable; each is a copy of all accounts, which is what memory goes into. */
const STATES_KEPT = 16;
const BLOCK_GAS_LIMIT = 60_000_000;
const START_MS = 15_000;
const CALL_MS = 30_000;
const PORT_ATTEMPTS = 5;

/** A running anvil that mines only when told to. */
export interface ChainNode {
  readonly rpcUrl: string;
  readonly port: number;
  readonly process: GuardedProcess;
  /** One JSON-RPC call; rejects with the node's own message, or when it does not answer in time. */
  call(method: string, params?: readonly unknown[]): Promise<unknown>;
}

/** The part of a block that mining on demand looks at. */
export interface BlockHeader {
  readonly number: number;
  readonly hash: string;
  readonly timestamp: number;
  readonly transactionCount: number;
}

/**
 * Starts anvil on loopback from a genesis file or from a saved state.
 * Errors: `chain-not-started` with what the node said.
 */
export async function startChainNode(
  source: { readonly genesis: string } | { readonly state: string },
  folders: { readonly cache: string; readonly port?: number | undefined },
): Promise<ChainNode> {
  const [flag, file] = "genesis" in source ? ["--init", source.genesis] : ["--load-state", source.state];
  let preferred = folders.port;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(preferred);
    const node = await spawnNode(port, [flag, file, "--cache-path", folders.cache]);
    const said = await waitUntilItAnswers(node);
    if (said === undefined) return node;
    if (!/address (already )?in use/i.test(said) || attempt === PORT_ATTEMPTS) {
      throw new DomainError("chain-not-started", `The chain node does not start: ${said}`, { file, said });
    }
    preferred = undefined; // somebody took the port between our look and the node's
  }
}

export async function readHeader(node: ChainNode, tag: string): Promise<BlockHeader> {
  const block = (await node.call("eth_getBlockByNumber", [tag, false])) as {
    number: string;
    hash: string;
    timestamp: string;
    transactions: unknown[];
  };
  return {
    number: Number(block.number),
    hash: block.hash,
    timestamp: Number(block.timestamp),
    transactionCount: block.transactions.length,
  };
}

/**
 * Mines one block. Its time is the clock's, and never before its parent's: equal times are allowed, because a node
 * that adds a second to every block of a busy second would run ahead of the clock and reject fresh deadlines.
 */
export async function mineBlock(node: ChainNode, parent: BlockHeader, nowSeconds: number): Promise<BlockHeader> {
  await node.call("evm_mine", [Math.max(nowSeconds, parent.timestamp)]);
  return await readHeader(node, "latest");
}

async function spawnNode(port: number, source: readonly string[]): Promise<ChainNode> {
  const args = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(CHAIN_ID), ...source];
  args.push("--no-mining", "--hardfork", "osaka", "--slots-in-an-epoch", String(SLOTS_IN_AN_EPOCH));
  args.push("--enable-tx-gas-limit", "--gas-limit", String(BLOCK_GAS_LIMIT), "--prune-history", String(STATES_KEPT));
  // No accounts that the node would sign for, and no page of any website may talk to it from a browser.
  args.push("--accounts", "0", "--no-cors", "--no-request-size-limit", "--quiet", "--color", "never");
  const process = await spawnGuarded(anvilProgram(), args, {
    stdio: ["ignore", "ignore", "pipe"],
    lastSignal: "SIGKILL",
  });
  const rpcUrl = `http://127.0.0.1:${port}`;
  return { rpcUrl, port, process, call: (method, params = []) => callNode(rpcUrl, method, params) };
}

/** `undefined` when the node answers; otherwise what it said before it went, or that it stays silent. */
async function waitUntilItAnswers(node: ChainNode): Promise<string | undefined> {
  let said = "";
  node.process.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000); // read on for as long as it runs: a full pipe would stop the node
  });
  let ended = false;
  void node.process.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_MS;
  while (!ended && Date.now() < deadline) {
    try {
      // Somebody else's node on this port would answer too; ours is alive and has the port only if it did not end.
      if (Number(await node.call("eth_chainId")) === CHAIN_ID) return undefined;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  await node.process.end("SIGKILL", 0);
  return said.trim() || (ended ? "it ended without a word" : `it does not answer within ${START_MS / 1000} s`);
}

async function callNode(rpcUrl: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(CALL_MS),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { message?: string } };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message ?? "unknown error"}`);
  return answer.result;
}
