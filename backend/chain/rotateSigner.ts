import type { BaseWallet } from "ethers";
import { DomainError } from "../domain/errors.ts";
import type { Address, Hash, ParticipantId } from "../domain/types.ts";
import { encodeRotateSigner } from "./encodeCalls.ts";
import type { JsonRpc } from "./jsonRpc.ts";
import { readChainId, readMarketFees, readNonce, sendRaw, signTransaction, waitForReceipt } from "./sendTransaction.ts";

/** Measured at 62,000, with a margin: a limit costs nothing. */
const ROTATION_GAS = 150_000;

/**
 * Replaces a participant's signer, by a transaction of its account: the contract asks who sends it, so nobody can relay
 * it, and the account pays. Waits until it is mined.
 * @throws DomainError `chain-id-differs`, `rotation-failed`
 */
export async function rotateSigner(
  rpc: JsonRpc,
  account: BaseWallet,
  deployment: { readonly chainId: number; readonly contract: Address },
  participantId: ParticipantId,
  signer: Address,
): Promise<{ readonly transaction: Hash; readonly block: number }> {
  const chainId = await readChainId(rpc);
  if (chainId !== deployment.chainId) {
    const sentence = `The RPC serves chain ${chainId}, not ${deployment.chainId}.`;
    throw new DomainError("chain-id-differs", sentence, { found: chainId, chainId: deployment.chainId });
  }
  const signed = await signTransaction(account, {
    chainId,
    nonce: await readNonce(rpc, account.address.toLowerCase() as Address),
    to: deployment.contract,
    data: encodeRotateSigner(participantId, signer),
    gasLimit: ROTATION_GAS,
    ...(await readMarketFees(rpc)),
  });
  const sent = await sendRaw(rpc, signed.raw);
  if (sent.outcome !== "sent") throw new DomainError("rotation-failed", `The chain refused: ${sent.reason}`, {});
  const receipt = await waitForReceipt(rpc, signed.hash);
  if (!receipt.succeeded) {
    const sentence = "The rotation was mined, and reverted: only the participant's account may rotate its signer.";
    throw new DomainError("rotation-failed", sentence, { transaction: signed.hash });
  }
  return { transaction: signed.hash, block: receipt.blockNumber };
}
