import { DomainError } from "../domain/errors.ts";
import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import { type Block, type DepthTable, type Finality, finalityByDepth } from "../domain/reconciliation/decideStep.ts";
import type { Address, Hash } from "../domain/types.ts";
import { decodeLogs, LOG_TOPICS } from "./decodeLogs.ts";
import { batchAll, type JsonRpc, RpcError } from "./jsonRpc.ts";
import { mayHaveLogs } from "./logsBloom.ts";
import { type BlockHeader, logsRequest, parseHeaderAnswer, parseLogs, readHeader, readHeaders } from "./readBlocks.ts";
import { readCodeHash } from "./readCodeHash.ts";
import { readChainId } from "./sendTransaction.ts";

/** The newest block with what the chain says about finality. */
export type Tip = { readonly head: Block; readonly finality: Finality };

/** What a follower reads of a chain; every answer is held against what was asked. */
export type ChainReader = {
  readTip(): Promise<Tip>;
  /** Headers by number, ascending; `rpc-answer-malformed` if the node lacks one. */
  readBlocks(from: number, to: number): Promise<Block[]>;
  /** The contract's logs of these very blocks, asked by hash, ascending. */
  readLogsOf(blocks: readonly Block[]): Promise<DecodedLog[]>;
  /** The contract's logs of a finalized range, with the headers of the blocks that have some and of the last one. */
  readLogsBetween(from: number, to: number): Promise<{ readonly blocks: Block[]; readonly logs: DecodedLog[] }>;
  /** Throws `chain-id-differs` or `contract-missing`: asked before anything is followed. */
  requireDeployment(chainId: number): Promise<void>;
};

/** Everything the projection derives from; `Transfer` says nothing that the custody log does not say. */
const FOLLOWED = Object.entries(LOG_TOPICS)
  .filter(([name]) => name !== "Transfer")
  .map(([, topic]) => topic);

export function createChainReader(rpc: JsonRpc, contract: Address, depths?: DepthTable): ChainReader {
  return {
    readTip: () => readTip(rpc, depths),
    async readBlocks(from, to) {
      const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      return requireAll(await readHeaders(rpc, numbers), from);
    },
    async readLogsOf(blocks) {
      const ranges = blocks.map((block) => ({ blockHash: block.hash }));
      const answers = await batchAll(
        rpc,
        ranges.map((range) => logsRequest(contract, range, [FOLLOWED])),
      );
      const found = answers.map((answer, i) => {
        const logs = parseLogs(rpc, contract, ranges[i] as { blockHash: Hash }, answer);
        return decodeLogs(requireNumber(logs, (blocks[i] as Block).number));
      });
      await requireNoneLeftOut(
        rpc,
        contract,
        blocks.filter((_, i) => found[i]?.length === 0),
      );
      return found.flat();
    },
    async readLogsBetween(from, to) {
      const range = { fromBlock: from, toBlock: to };
      const [answer] = await batchAll(rpc, [logsRequest(contract, range, [FOLLOWED])]);
      const logs = decodeLogs(parseLogs(rpc, contract, range, answer));
      const numbers = [...new Set([...logs.map((log) => log.blockNumber), to])];
      const blocks = requireAll(await readHeaders(rpc, numbers), from);
      const hashes = new Map(blocks.map((block) => [block.number, block.hash]));
      if (logs.some((log) => hashes.get(log.blockNumber) !== log.blockHash)) throw otherBlock();
      return { blocks, logs };
    },
    async requireDeployment(chainId) {
      const found = await readChainId(rpc);
      if (found !== chainId) {
        throw new DomainError("chain-id-differs", `The RPC serves chain ${found}, not ${chainId}.`, { found, chainId });
      }
      if ((await readCodeHash(rpc, contract)) === null) {
        throw new DomainError("contract-missing", `There is no contract at ${contract} on chain ${chainId}.`);
      }
    },
  };
}

/**
 * A node that has lost its log index, or lies, answers "no logs" for a block whose header says otherwise. Then the
 * block's receipts decide, where the node gives them; that the header's filter says so by chance is ordinary.
 */
async function requireNoneLeftOut(rpc: JsonRpc, contract: Address, silent: readonly Block[]): Promise<void> {
  const suspected = silent.filter(({ logsBloom }) =>
    FOLLOWED.some((topic) => mayHaveLogs(logsBloom, [contract, topic])),
  );
  if (suspected.length === 0) return;
  const outcomes = await rpc.batch(
    suspected.map(({ hash }) => ({ method: "eth_getBlockReceipts", params: [{ blockHash: hash }] })),
  );
  const leftOut = outcomes.findIndex(
    (outcome) => !(outcome instanceof RpcError) && hasOurLogs(outcome.result, contract),
  );
  if (leftOut < 0) return;
  throw new RpcError("rpc-answer-malformed", "The chain's RPC left out the contract's logs of a block.", "retry", {
    block: (suspected[leftOut] as Block).number,
  });
}

/** Of receipts of unknown form. */
function hasOurLogs(receipts: unknown, contract: Address): boolean {
  const followed = new Set<unknown>(FOLLOWED);
  const logs = Array.isArray(receipts) ? receipts.flatMap((receipt) => receipt?.logs ?? []) : [];
  return logs.some((log) => String(log?.address).toLowerCase() === contract && followed.has(log?.topics?.[0]));
}

const otherBlock = (): RpcError =>
  new RpcError("rpc-answer-malformed", "The chain's RPC sent a log of another block.", "retry", {});

function requireNumber<Log extends { readonly blockNumber: number }>(logs: Log[], number: number): Log[] {
  if (logs.some((log) => log.blockNumber !== number)) throw otherBlock();
  return logs;
}

function requireAll(headers: readonly (BlockHeader | null)[], from: number): Block[] {
  const missing = headers.indexOf(null);
  if (missing >= 0) {
    throw new RpcError("rpc-answer-malformed", `The chain's RPC lacks a block from ${from} on.`, "retry", { from });
  }
  return headers as Block[];
}

/** Head and finality in one batch. A chain without the tags, or young enough to have none, answers with an error. */
async function readTip(rpc: JsonRpc, depths: DepthTable | undefined): Promise<Tip> {
  if (depths !== undefined) {
    const head = await readHeader(rpc, "latest");
    return { head, finality: finalityByDepth(head.number, depths) };
  }
  const tags = ["latest", "safe", "finalized"];
  const outcomes = await rpc.batch(tags.map((tag) => ({ method: "eth_getBlockByNumber", params: [tag, false] })));
  const [head, safe, finalized] = outcomes.map((outcome) =>
    outcome instanceof RpcError ? outcome : parseHeaderAnswer(rpc, outcome.result),
  );
  if (head instanceof RpcError) throw head;
  if (head === null || head === undefined) throw otherBlock();
  const numberOf = (block: BlockHeader | RpcError | null | undefined, otherwise: number): number =>
    block === null || block === undefined || block instanceof RpcError ? otherwise : block.number;
  const finalizedNumber = numberOf(finalized, 0);
  return { head, finality: { safeNumber: numberOf(safe, finalizedNumber), finalizedNumber } };
}
