import { AbiCoder, type BaseWallet } from "ethers";
import { DomainError } from "../domain/errors.ts";
import type { Address, Hex } from "../domain/types.ts";
import type { TrustRoot } from "../domain/verification/trustRoot.ts";
import { batteryPassportBytecode } from "./bytecode.ts";
import type { JsonRpc } from "./jsonRpc.ts";
import { readCodeHash } from "./readCodeHash.ts";
import { readChainId, readMarketFees, readNonce, sendRaw, signTransaction, waitForReceipt } from "./sendTransaction.ts";

export type Quorum = {
  /** At least two; sorted here, because the contract takes them in ascending order only. */
  readonly governors: readonly Address[];
  readonly threshold: number;
};

export type Deployment = TrustRoot & { readonly deploymentBlock: number };

/** The deployed code is below 22 kB, at 200 gas a byte; with the constructor's writes this leaves ample room. */
const DEPLOYMENT_GAS = 12_000_000;

/**
 * Deploys the contract and waits for it. The quorum is final in so far as only itself can change it.
 * @param resolver base URL that `tokenURI` points people to
 * @returns the trust root, and the block from which followers start
 */
export async function deployContract(
  rpc: JsonRpc,
  deployer: BaseWallet,
  quorum: Quorum,
  resolver: string,
): Promise<Deployment> {
  const chainId = await readChainId(rpc);
  const governors = [...quorum.governors].sort();
  const parameters = AbiCoder.defaultAbiCoder().encode(
    ["address[]", "uint8", "string"],
    [governors, quorum.threshold, resolver],
  );
  const signed = await signTransaction(deployer, {
    chainId,
    nonce: await readNonce(rpc, deployer.address.toLowerCase() as Address),
    to: null,
    data: `${batteryPassportBytecode}${parameters.slice(2)}` as Hex,
    gasLimit: DEPLOYMENT_GAS,
    ...(await readMarketFees(rpc)),
  });
  const sent = await sendRaw(rpc, signed.raw);
  if (sent.outcome !== "sent") throw new DomainError("deployment-failed", `The chain refused: ${sent.reason}`);
  const receipt = await waitForReceipt(rpc, signed.hash);
  if (!receipt.succeeded || receipt.contractAddress === null) {
    throw new DomainError("deployment-failed", "The deployment was mined, and reverted.", { transaction: signed.hash });
  }
  const codeHash = await readCodeHash(rpc, receipt.contractAddress);
  if (codeHash === null) {
    throw new DomainError("deployment-failed", "There is no code at the new contract's address.");
  }
  return { chainId, contract: receipt.contractAddress, codeHash, deploymentBlock: receipt.blockNumber };
}
