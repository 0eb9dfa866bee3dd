import type { Address, Hash, UnixTime } from "../domain/types.ts";
import type { RawLog } from "./decodeLogs.ts";
import { batchAll, type JsonRpc, RpcError, type RpcRequest } from "./jsonRpc.ts";

export type BlockHeader = {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly time: UnixTime;
  /** As the node sent it; `mayHaveLogs` reads it. */
  readonly logsBloom?: unknown;
};

export type BlockTag = "latest" | "safe" | "finalized" | "earliest";

const HASH = /^0x[0-9a-f]{64}$/;
const QUANTITY = /^0x[0-9a-f]{1,12}$/;

function malformed(rpc: JsonRpc, what: string): RpcError {
  return new RpcError("rpc-answer-malformed", `The chain's RPC sent ${what}.`, "retry", {
    url: new URL(rpc.url).origin,
  });
}

/** A hex quantity up to 48 bits: block numbers, times, nonces, gas. */
export function parseQuantity(rpc: JsonRpc, value: unknown, what: string): number {
  if (typeof value !== "string" || !QUANTITY.test(value)) throw malformed(rpc, `no number for ${what}`);
  return Number(value);
}

export const quantity = (value: number | bigint): string => `0x${value.toString(16)}`;

function parseHash(rpc: JsonRpc, value: unknown, what: string): Hash {
  if (typeof value !== "string" || !HASH.test(value)) throw malformed(rpc, `no hash for ${what}`);
  return value as Hash;
}

export function parseHeaderAnswer(rpc: JsonRpc, value: unknown): BlockHeader | null {
  if (value === null) return null;
  if (typeof value !== "object") throw malformed(rpc, "no block for a block");
  const block = value as Record<string, unknown>;
  return {
    number: parseQuantity(rpc, block.number, "a block's number"),
    hash: parseHash(rpc, block.hash, "a block's hash"),
    parentHash: parseHash(rpc, block.parentHash, "a block's parent"),
    time: parseQuantity(rpc, block.timestamp, "a block's time"),
    logsBloom: block.logsBloom,
  };
}

const headerRequest = (which: BlockTag | number | Hash): RpcRequest =>
  typeof which === "string" && which.length === 66
    ? { method: "eth_getBlockByHash", params: [which, false] }
    : { method: "eth_getBlockByNumber", params: [typeof which === "number" ? quantity(which) : which, false] };

/**
 * Headers by tag, number or hash, each null where the chain has no such block. A header that does not bear the number
 * or hash it was asked by is `rpc-answer-malformed`.
 */
export async function readHeaders(
  rpc: JsonRpc,
  wanted: readonly (BlockTag | number | Hash)[],
): Promise<(BlockHeader | null)[]> {
  const answers = await batchAll(rpc, wanted.map(headerRequest));
  return answers.map((answer, i) => {
    const header = parseHeaderAnswer(rpc, answer);
    const which = wanted[i];
    const differs =
      header !== null &&
      ((typeof which === "number" && header.number !== which) ||
        (typeof which === "string" && which.length === 66 && header.hash !== which));
    if (differs) throw malformed(rpc, "another block than the one asked for");
    return header;
  });
}

/** One header, where not having it is an error worth a retry (a pruned or lagging node). */
export async function readHeader(rpc: JsonRpc, which: BlockTag | number | Hash): Promise<BlockHeader> {
  const [header] = await readHeaders(rpc, [which]);
  if (header === undefined || header === null) throw malformed(rpc, `no block ${which}`);
  return header;
}

type LogRange = { readonly blockHash: Hash } | { readonly fromBlock: number; readonly toBlock: number };
export type TopicFilter = readonly (Hash | readonly Hash[] | null)[];

export function logsRequest(contract: Address, range: LogRange, topics: TopicFilter): RpcRequest {
  const where =
    "blockHash" in range
      ? { blockHash: range.blockHash }
      : { fromBlock: quantity(range.fromBlock), toBlock: quantity(range.toBlock) };
  return { method: "eth_getLogs", params: [{ address: contract, ...where, topics }] };
}

/**
 * Parses an answer to `logsRequest` and holds it against the request: the contract's address, block hash or range, no
 * log twice, none removed, ascending. Any breach is `rpc-answer-malformed`, and nothing of the answer is used.
 */
export function parseLogs(rpc: JsonRpc, contract: Address, range: LogRange, answer: unknown): RawLog[] {
  if (!Array.isArray(answer)) throw malformed(rpc, "no list of logs");
  let last = -1;
  let lastBlock = -1;
  return answer.map((value) => {
    const log = parseLog(rpc, value);
    const entry = value as { address?: unknown; removed?: unknown };
    if (typeof entry.address !== "string" || entry.address.toLowerCase() !== contract) {
      throw malformed(rpc, "a log of another contract");
    }
    const outside =
      "blockHash" in range
        ? log.blockHash !== range.blockHash
        : log.blockNumber < range.fromBlock || log.blockNumber > range.toBlock;
    if (outside || entry.removed === true) throw malformed(rpc, "a log of another block");
    if (log.blockNumber < lastBlock || (log.blockNumber === lastBlock && log.logIndex <= last)) {
      throw malformed(rpc, "logs out of order, or one twice");
    }
    last = log.logIndex;
    lastBlock = log.blockNumber;
    return log;
  });
}

function parseLog(rpc: JsonRpc, value: unknown): RawLog {
  if (typeof value !== "object" || value === null) throw malformed(rpc, "no log for a log");
  const log = value as Record<string, unknown>;
  const topics = log.topics;
  const data = log.data;
  if (!Array.isArray(topics) || typeof data !== "string" || !/^0x[0-9a-f]*$/.test(data)) {
    throw malformed(rpc, "a log without topics or data");
  }
  return {
    blockNumber: parseQuantity(rpc, log.blockNumber, "a log's block"),
    blockHash: parseHash(rpc, log.blockHash, "a log's block"),
    transactionHash: parseHash(rpc, log.transactionHash, "a log's transaction"),
    logIndex: parseQuantity(rpc, log.logIndex, "a log's index"),
    topics: topics.map((topic) => parseHash(rpc, topic, "a log's topic")),
    data,
  };
}
