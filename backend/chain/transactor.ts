import type { BaseWallet } from "ethers";
import type { Anchor } from "../domain/anchors/anchor.ts";
import { fromHex, joinHex, toHex } from "../domain/bytes.ts";
import type { SignedCustodyEvent } from "../domain/custody/events.ts";
import type { HoldOrder } from "../domain/custody/holds.ts";
import type { Proposal } from "../domain/participants/proposals.ts";
import type { Fees } from "../domain/submissions/fees.ts";
import type { Address, Hash, Hex } from "../domain/types.ts";
import { encodeAnchor, encodeExecute, encodeHoldOrder, encodeSubmit } from "./encodeCalls.ts";
import { batchAll, type JsonRpc } from "./jsonRpc.ts";
import {
  parseReceipt,
  type Receipt,
  readBalance,
  readMarketFees,
  readNonce,
  type SendOutcome,
  type SignedTransaction,
  sendRaw,
  signTransaction,
} from "./sendTransaction.ts";

/** The relayer's hand on the chain: one key, one contract. */
export type Transactor = {
  readonly sender: Address;
  /** Transactions of the sender that are mined. */
  readNonce(): Promise<number>;
  readBalance(): Promise<bigint>;
  readMarketFees(): Promise<Fees>;
  /** Receipts on the canonical chain by transaction hash; absent for those that are not mined. */
  readReceipts(hashes: readonly Hash[]): Promise<Map<Hash, Receipt>>;
  /** Which of these transactions the node knows, mined or waiting. */
  readKnown(hashes: readonly Hash[]): Promise<Set<Hash>>;
  encodeEvents(events: readonly SignedCustodyEvent[]): Uint8Array;
  encodeProposal(proposal: Proposal, signatures: readonly Hex[]): Uint8Array;
  encodeHoldOrder(order: HoldOrder, signatures: readonly Hex[]): Uint8Array;
  encodeAnchor(anchor: Anchor, signature: Hex): Uint8Array;
  /** Signs calldata for the contract; null data is a transfer of nothing to oneself. Sends nothing. */
  sign(request: Fees & { nonce: number; gasLimit: number; calldata: Uint8Array | null }): Promise<SignedTransaction>;
  send(raw: Uint8Array): Promise<SendOutcome>;
};

/** @param deployment names the chain in every signed transaction, so that no other chain can take it */
export function createTransactor(
  rpc: JsonRpc,
  wallet: BaseWallet,
  deployment: { readonly chainId: number; readonly contract: Address },
): Transactor {
  const sender = wallet.address.toLowerCase() as Address;
  const readMany = async (method: string, hashes: readonly Hash[]): Promise<unknown[]> =>
    batchAll(
      rpc,
      hashes.map((hash) => ({ method, params: [hash] })),
    );
  return {
    sender,
    readNonce: () => readNonce(rpc, sender),
    readBalance: () => readBalance(rpc, sender),
    readMarketFees: () => readMarketFees(rpc),
    async readReceipts(hashes) {
      const answers = await readMany("eth_getTransactionReceipt", hashes);
      const found = new Map<Hash, Receipt>();
      hashes.forEach((hash, i) => {
        const receipt = parseReceipt(rpc, hash, answers[i] ?? null);
        if (receipt !== null) found.set(hash, receipt);
      });
      return found;
    },
    async readKnown(hashes) {
      const answers = await readMany("eth_getTransactionByHash", hashes);
      return new Set(hashes.filter((_, i) => answers[i] !== null && answers[i] !== undefined));
    },
    encodeEvents: (events) => fromHex(encodeSubmit(events)),
    encodeProposal: (proposal, signatures) => fromHex(encodeExecute(proposal, joinHex(signatures))),
    encodeHoldOrder: (order, signatures) => fromHex(encodeHoldOrder(order, joinHex(signatures))),
    encodeAnchor: (anchor, signature) => fromHex(encodeAnchor(anchor, signature)),
    sign: ({ calldata, ...request }) =>
      signTransaction(wallet, {
        ...request,
        chainId: deployment.chainId,
        to: calldata === null ? sender : deployment.contract,
        data: calldata === null ? "0x" : toHex(calldata),
      }),
    send: (raw) => sendRaw(rpc, raw),
  };
}
