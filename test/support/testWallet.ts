import { readFileSync } from "node:fs";
import { AbiCoder, type BaseWallet } from "ethers";
import type { JsonRpc } from "../../backend/chain/jsonRpc.ts";
import {
  type Receipt,
  readChainId,
  readMarketFees,
  readNonce,
  sendRaw,
  signTransaction,
  waitForReceipt,
} from "../../backend/chain/sendTransaction.ts";
import type { Address, Hex } from "../../backend/domain/types.ts";
import { lower } from "./contract.ts";

/** The contract wallet of the Solidity tests, as the compiler wrote it. */
export const TEST_WALLET = JSON.parse(
  readFileSync(new URL("../../artifacts/contracts/test/TestWallet.sol/TestWallet.json", import.meta.url), "utf8"),
) as { readonly abi: readonly object[]; readonly bytecode: Hex };

/** Sends a transaction and waits for its block. */
export async function sendTo(rpc: JsonRpc, from: BaseWallet, to: Address | null, data: Hex): Promise<Receipt> {
  const { raw, hash } = await signTransaction(from, {
    chainId: await readChainId(rpc),
    nonce: await readNonce(rpc, lower(from.address)),
    to,
    data,
    gasLimit: 2_000_000,
    ...(await readMarketFees(rpc)),
  });
  const sent = await sendRaw(rpc, raw);
  if (sent.outcome !== "sent") throw new Error(sent.reason);
  const receipt = await waitForReceipt(rpc, hash);
  if (!receipt.succeeded) throw new Error("The transaction reverted.");
  return receipt;
}

/** Deploys a wallet that approves what its owner signs, until it is told to behave otherwise. */
export async function deployTestWallet(rpc: JsonRpc, from: BaseWallet, owner: Address): Promise<Address> {
  const argument = AbiCoder.defaultAbiCoder().encode(["address"], [owner]).slice(2);
  const { contractAddress } = await sendTo(rpc, from, null, `${TEST_WALLET.bytecode}${argument}`);
  return contractAddress as Address;
}
