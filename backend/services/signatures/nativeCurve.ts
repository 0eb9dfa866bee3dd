import { createRequire } from "node:module";
import { fromHex, toHex } from "../../domain/bytes.ts";
import { addressOf } from "../../domain/signatures.ts";
import type { Hex } from "../../domain/types.ts";
import type { Curve } from "./curve.ts";

/** What is used of libsecp256k1 (bitcoin-core), as the package `secp256k1` binds it. Both throw where there is no answer. */
type Library = {
  ecdsaRecover(compact: Uint8Array, recovery: number, digest: Uint8Array, compressed: false): Uint8Array;
  ecdsaSign(digest: Uint8Array, secret: Uint8Array): { readonly signature: Uint8Array; readonly recid: number };
};

/** Half of the curve's order, big-endian: the highest s that EIP-2 allows. */
const HALF_ORDER = fromHex("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/**
 * The curve in native code, as strict as `domain/signatures.ts`: 65 bytes, v 27 or 28, low s. Takes the binding itself and
 * never the package's entry, which falls back in silence to a JavaScript library that is slower than ours.
 * @throws where this machine has no binding: it is optional
 */
export function loadNativeCurve(): Curve {
  const library: Library = createRequire(import.meta.url)("secp256k1/bindings.js");
  return {
    name: "native",
    recoverSigner(digest, signature) {
      const bytes = fromHex(signature);
      const v = bytes[64];
      if (bytes.length !== 65 || (v !== 27 && v !== 28) || isHigh(bytes.subarray(32, 64))) return null;
      try {
        return addressOf(library.ecdsaRecover(bytes.subarray(0, 64), v - 27, fromHex(digest), false));
      } catch {
        return null; // r or s zero or not below the order, or no such point
      }
    },
    signDigest(secret, digest) {
      const { signature, recid } = library.ecdsaSign(fromHex(digest), secret);
      return `${toHex(signature)}${(27 + recid).toString(16)}` as Hex;
    },
  };
}

function isHigh(s: Uint8Array): boolean {
  for (let i = 0; i < 32; i++) {
    const [digit, limit] = [s[i] as number, HALF_ORDER[i] as number];
    if (digit !== limit) return digit > limit;
  }
  return false;
}
