import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, toHex } from "../../domain/bytes.ts";
import { addressOf } from "../../domain/signatures.ts";
import type { Hex, ParticipantId } from "../../domain/types.ts";
import type { ReceiptKey } from "./signReceipt.ts";

/**
 * A receipt key held in memory. Deterministic nonces (RFC 6979) and low s, so that the contract's own rules would take
 * the signature.
 * @param privateKey 32 bytes as hex
 */
export function receiptKey(privateKey: Hex, publisher: ParticipantId): ReceiptKey {
  const secret = fromHex(privateKey);
  return {
    publisher,
    signer: addressOf(secp256k1.getPublicKey(secret, false)),
    sign: (digest) => {
      const recovered = secp256k1.sign(fromHex(digest), secret, { prehash: false, lowS: true, format: "recovered" });
      // The library writes recovery ‖ r ‖ s; Ethereum wants r ‖ s ‖ v with v 27 or 28.
      return `${toHex(recovered.subarray(1))}${(27 + (recovered[0] as number)).toString(16)}` as Hex;
    },
  };
}
