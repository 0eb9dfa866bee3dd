import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, keccak256, toHex } from "./bytes.ts";
import type { Address, Hash, Hex } from "./types.ts";

/** Recovers the signer of a digest, or null for anything the contract would not accept as an ECDSA signature. */
export type RecoverSigner = (digest: Hash, signature: Hex) => Address | null;

/** Signs a digest: r ‖ s ‖ v with low s, and the same bytes every time (RFC 6979). */
export type SignDigest = (secret: Uint8Array, digest: Hash) => Hex;

const HALF_ORDER = secp256k1.Point.Fn.ORDER >> 1n;

/**
 * ECDSA recovery in pure JavaScript, as strict as the contract: 65 bytes r ‖ s ‖ v, v 27 or 28, low s (EIP-2), no zero
 * address. Some 700 a second on one core; an operator's accept path uses a native one where there is one.
 */
export const recoverSigner: RecoverSigner = (digest, signature) => {
  const bytes = fromHex(signature);
  const v = bytes[64];
  if (bytes.length !== 65 || (v !== 27 && v !== 28)) return null;
  try {
    const parsed = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), "compact");
    if (parsed.s > HALF_ORDER) return null;
    const point = parsed.addRecoveryBit(v - 27).recoverPublicKey(fromHex(digest));
    return addressOf(point.toBytes(false));
  } catch {
    return null; // r or s zero or not below the order, or no such point
  }
};

/** The contract's own rules would take the signature. @param secret 32 bytes */
export const signDigest: SignDigest = (secret, digest) => {
  const recovered = secp256k1.sign(fromHex(digest), secret, { prehash: false, lowS: true, format: "recovered" });
  // The library writes recovery ‖ r ‖ s; Ethereum wants r ‖ s ‖ v with v 27 or 28.
  return `${toHex(recovered.subarray(1))}${(27 + (recovered[0] as number)).toString(16)}` as Hex;
};

/** The address of the key that this secret signs with. @param secret 32 bytes */
export const addressOfSecret = (secret: Uint8Array): Address => addressOf(secp256k1.getPublicKey(secret, false));

/** The address of an uncompressed public key (65 bytes, leading 0x04). */
export function addressOf(publicKey: Uint8Array): Address {
  return toHex(keccak256(publicKey.subarray(1)).subarray(12)) as Address;
}
