import type { DomainError } from "../domain/errors.ts";
import type { Address, Hash, Hex } from "../domain/types.ts";
import { encodeIsValidSignatureCall, IS_VALID_SIGNATURE } from "./encodeCalls.ts";
import { type JsonRpc, RpcError } from "./jsonRpc.ts";

/** What a contract wallet says of a signature (ERC-1271); `reason` is a sentence for whoever signed. */
export type WalletAnswer = { readonly approves: true } | { readonly approves: false; readonly reason: string };

/** What the contract's own check gives a wallet: one that can sign events can answer this. */
const WALLET_GAS = 50_000;
/** Of any transaction, and of each zero and other byte of its data; the last two are the least it is charged (EIP-7623). */
const [TRANSACTION_GAS, ZERO_GAS, BYTE_GAS, LEAST_ZERO_GAS, LEAST_BYTE_GAS] = [21_000, 4, 16, 10, 40];

/**
 * Asks a wallet by one call that changes nothing, at one block, with capped gas. Only the magic value alone, in one
 * word, is a yes: a revert, gas used up, any other word, and fewer or more bytes are a no. Of an address without code the
 * answer is empty, so that is a no as well.
 * @throws RpcError where the chain gave no answer: then nobody knows what the wallet would say
 */
export async function askWallet(
  rpc: Pick<JsonRpc, "call">,
  question: { readonly wallet: Address; readonly digest: Hash; readonly signature: Hex; readonly blockHash: Hash },
): Promise<WalletAnswer> {
  const { wallet, digest, signature, blockHash } = question;
  const data = encodeIsValidSignatureCall(digest, signature);
  const call = { to: wallet, data, gas: `0x${gasFor(data).toString(16)}` };
  let answer: unknown;
  try {
    answer = await rpc.call("eth_call", call, { blockHash });
  } catch (error) {
    if (error instanceof RpcError && isOfTheWallet(error)) {
      return { approves: false, reason: "The wallet reverted, or used up its gas." };
    }
    throw error;
  }
  if (typeof answer !== "string" || !/^0x(?:[0-9a-f]{2})*$/i.test(answer)) {
    throw new RpcError("rpc-answer-malformed", "The chain's RPC answered a call with no bytes.", "retry", {});
  }
  if (answer === "0x") return { approves: false, reason: "There is no wallet at this address, or it says nothing." };
  if (answer.toLowerCase() === IS_VALID_SIGNATURE.padEnd(66, "0")) return { approves: true };
  return { approves: false, reason: "The wallet did not answer with the value of ERC-1271 that approves." };
}

function gasFor(data: Hex): number {
  const bytes = data.length / 2 - 1;
  const zeros = [...data.slice(2).matchAll(/../g)].filter(([byte]) => byte === "00").length;
  const usual = ZERO_GAS * zeros + BYTE_GAS * (bytes - zeros) + WALLET_GAS;
  return TRANSACTION_GAS + Math.max(usual, LEAST_ZERO_GAS * zeros + LEAST_BYTE_GAS * (bytes - zeros));
}

/** JSON-RPC code 3 is a revert; for what else ends a call there are only the nodes' words. */
const CALL_ENDED = /revert|out ?of ?gas|gas required exceeds|invalid (?:opcode|jump)|stack (?:under|over)flow|static/i;

const isOfTheWallet = ({ code, details }: DomainError): boolean =>
  code === "rpc-refused" && (details.rpcCode === 3 || CALL_ENDED.test(String(details.rpcMessage)));
