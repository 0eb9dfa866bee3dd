import type { BaseWallet } from "ethers";
import { fromHex, keccak256, toHex } from "../domain/bytes.ts";
import type { Fees } from "../domain/submissions/fees.ts";
import type { Address, Hash, Hex } from "../domain/types.ts";
import { type JsonRpc, RpcError } from "./jsonRpc.ts";
import { parseQuantity } from "./readBlocks.ts";

export type TransactionRequest = Fees & {
  readonly chainId: number;
  readonly nonce: number;
  /** Null creates a contract. */
  readonly to: Address | null;
  readonly data: Hex;
  readonly gasLimit: number;
};

export type SignedTransaction = { readonly raw: Uint8Array; readonly hash: Hash };

/** Signs a type-2 transaction; sends nothing. The same request and key give the same bytes (RFC 6979). */
export async function signTransaction(wallet: BaseWallet, request: TransactionRequest): Promise<SignedTransaction> {
  const signed = await wallet.signTransaction({
    type: 2,
    chainId: request.chainId,
    nonce: request.nonce,
    to: request.to,
    data: request.data,
    gasLimit: request.gasLimit,
    maxFeePerGas: request.maxFee,
    maxPriorityFeePerGas: request.priorityFee,
  });
  const raw = fromHex(signed);
  return { raw, hash: toHex(keccak256(raw)) as Hash };
}

/**
 * What became of sending. `sent` covers every answer that leaves the possibility that the network has it: what is
 * ambiguous counts as sent, and receipts decide. The others say why this node certainly refused it.
 */
export type SendOutcome =
  | { readonly outcome: "sent" }
  | { readonly outcome: "nonce-used" | "underpriced" | "unfunded" | "refused"; readonly reason: string };

// What geth, anvil, reth, nethermind and besu say; their codes do not tell these apart.
const KNOWN = /already known|already imported|known transaction|already exists/i;
const REFUSALS: readonly (readonly [RegExp, Exclude<SendOutcome["outcome"], "sent">])[] = [
  [/nonce too low|nonce is too low|already been used|old nonce/i, "nonce-used"],
  [/underpriced|less than block base fee|fee too low|max fee per gas|gas price too low|fee cap/i, "underpriced"],
  [/insufficient (funds|balance)|insufficient sender balance|upfront cost/i, "unfunded"],
];

/** Sends signed bytes. Throws only when the endpoint was certainly not reached or does not serve this at all. */
export async function sendRaw(rpc: JsonRpc, raw: Uint8Array): Promise<SendOutcome> {
  try {
    await rpc.call("eth_sendRawTransaction", toHex(raw));
    return { outcome: "sent" };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (error.code !== "rpc-refused") return judgeSilence(error);
    const reason = String(error.details.rpcMessage);
    if (KNOWN.test(reason)) return { outcome: "sent" };
    const known = REFUSALS.find(([pattern]) => pattern.test(reason));
    return { outcome: known?.[1] ?? "refused", reason };
  }
}

/** A time-out or a garbled answer may come after the transaction was passed on. */
function judgeSilence(error: RpcError): SendOutcome {
  if (error.code === "rpc-unreachable" || error.code === "rpc-http-status") throw error;
  return { outcome: "sent" };
}

export type Receipt = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly succeeded: boolean;
  readonly gasUsed: number;
  readonly contractAddress: Address | null;
};

/** The receipt of a mined transaction; null while there is none on the canonical chain. */
export async function readReceipt(rpc: JsonRpc, hash: Hash): Promise<Receipt | null> {
  return parseReceipt(rpc, hash, await rpc.call("eth_getTransactionReceipt", hash));
}

/** Parses an answer to eth_getTransactionReceipt and holds it against the hash that was asked for. */
export function parseReceipt(rpc: JsonRpc, hash: Hash, answer: unknown): Receipt | null {
  if (answer === null) return null;
  const receipt = (typeof answer === "object" ? answer : {}) as Record<string, unknown>;
  if (receipt.transactionHash !== hash || typeof receipt.blockHash !== "string") {
    throw new RpcError("rpc-answer-malformed", "The chain's RPC sent no receipt for a receipt.", "retry", { hash });
  }
  const address = receipt.contractAddress;
  return {
    blockNumber: parseQuantity(rpc, receipt.blockNumber, "a receipt's block"),
    blockHash: receipt.blockHash as Hash,
    succeeded: parseQuantity(rpc, receipt.status, "a receipt's status") === 1,
    gasUsed: parseQuantity(rpc, receipt.gasUsed, "a receipt's gas"),
    contractAddress: typeof address === "string" ? (address.toLowerCase() as Address) : null,
  };
}

export async function readChainId(rpc: JsonRpc): Promise<number> {
  return parseQuantity(rpc, await rpc.call("eth_chainId"), "the chain id");
}

/** Transactions of the account that are mined: `latest`, because `pending` counts transactions that a reorg orphaned. */
export async function readNonce(rpc: JsonRpc, account: Address): Promise<number> {
  return parseQuantity(rpc, await rpc.call("eth_getTransactionCount", account, "latest"), "a nonce");
}

const bigQuantity = (value: unknown): bigint => {
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,32}$/.test(value)) {
    throw new RpcError("rpc-answer-malformed", "The chain's RPC sent no amount for an amount.", "retry", {});
  }
  return BigInt(value);
};

export async function readBalance(rpc: JsonRpc, account: Address): Promise<bigint> {
  return bigQuantity(await rpc.call("eth_getBalance", account, "latest"));
}

const DEFAULT_PRIORITY_FEE = 1_000_000_000n;

/**
 * Fees that leave room for six full blocks in a row (the base fee grows by at most 1/8 a block, so it doubles in six).
 * A chain without a base fee (some consortium chains) counts as zero.
 */
export async function readMarketFees(rpc: JsonRpc): Promise<Fees> {
  const block = (await rpc.call("eth_getBlockByNumber", "latest", false)) as { baseFeePerGas?: unknown } | null;
  const baseFee = block?.baseFeePerGas === undefined ? 0n : bigQuantity(block.baseFeePerGas);
  const suggested = await rpc.call("eth_maxPriorityFeePerGas").catch(() => null);
  const priorityFee = suggested === null ? DEFAULT_PRIORITY_FEE : bigQuantity(suggested);
  return { maxFee: 2n * baseFee + priorityFee, priorityFee };
}

/** Waits until the transaction is mined. Throws `transaction-not-mined` after `timeoutMs`. */
export async function waitForReceipt(rpc: JsonRpc, hash: Hash, timeoutMs = 120_000): Promise<Receipt> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const receipt = await readReceipt(rpc, hash);
    if (receipt !== null) return receipt;
    if (performance.now() > end) {
      throw new RpcError("transaction-not-mined", "The transaction was not mined in time.", "retry", {
        hash,
        timeoutMs,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
