import { fromHex } from "../../domain/bytes.ts";
import { addressOfSecret, type SignDigest, signDigest } from "../../domain/signatures.ts";
import type { Hex, ParticipantId } from "../../domain/types.ts";
import type { ReceiptKey } from "./signReceipt.ts";

/**
 * A receipt key held in memory. The contract's own rules would take its signatures.
 * @param privateKey 32 bytes as hex
 * @param sign every receipt is signed on the hot path: a server hands in the curve that it has chosen
 */
export function receiptKey(privateKey: Hex, publisher: ParticipantId, sign: SignDigest = signDigest): ReceiptKey {
  const secret = fromHex(privateKey);
  return { publisher, signer: addressOfSecret(secret), sign: (digest) => sign(secret, digest) };
}
