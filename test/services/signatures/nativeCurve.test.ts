import { expect } from "chai";
import fc from "fast-check";
import { keccakText, toHex } from "../../../backend/domain/bytes.ts";
import type { Hash, Hex } from "../../../backend/domain/types.ts";
import { type Curve, portableCurve } from "../../../backend/services/signatures/curve.ts";
import { loadNativeCurve } from "../../../backend/services/signatures/nativeCurve.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const word = (value: bigint): string => value.toString(16).padStart(64, "0");

/** Numbers at which implementations part: around zero, the half and the whole of the order, and the field's prime. */
const edges = [0n, 1n, ORDER / 2n, ORDER / 2n + 1n, ORDER - 1n, ORDER, ORDER + 1n, FIELD - 1n, FIELD, 2n ** 256n - 1n];
const scalar = fc.oneof(
  fc.constantFrom(...edges).map(word),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes).slice(2)),
);
const digestOf = scalar.map((digits) => `0x${digits}` as Hash);
const vOf = fc.oneof(fc.constantFrom(27, 28), fc.constantFrom(0, 1, 2, 3, 26, 29, 30, 255));
const byte = (value: number): string => value.toString(16).padStart(2, "0");

function ours(): Curve | undefined {
  try {
    return loadNativeCurve();
  } catch {
    return undefined;
  }
}

describe("the native curve", () => {
  const native = ours();
  // It is optional: machines without a binding work with the portable one.
  before(function () {
    if (native === undefined) this.skip();
  });
  const expectSame = (digest: Hash, signature: Hex): void => {
    const expected = portableCurve.recoverSigner(digest, signature);
    expect(native?.recoverSigner(digest, signature), `${digest} ${signature}`).to.equal(expected);
  };

  it("recovers what the portable one recovers, or nothing where that recovers nothing, whatever r, s and v", () => {
    fc.assert(
      fc.property(digestOf, scalar, scalar, vOf, (digest, r, s, v) => expectSame(digest, `0x${r}${s}${byte(v)}`)),
      { numRuns: 400 },
    );
  });

  it("signs as the portable one signs, and recovers every signature as that does when one bit of it is flipped", () => {
    const secretOf = fc.string().map(keccakText);
    // Hashes only: RFC 6979 reduces a digest at or above the order first and libsecp256k1 does not, so that their nonces
    // differ there. No hash ever is, and either signature would be good.
    const hashOf = fc.string().map((text) => toHex(keccakText(`digest ${text}`)) as Hash);
    fc.assert(
      fc.property(secretOf, hashOf, fc.nat(64 * 8 + 7), (secret, digest, bit) => {
        const signature = portableCurve.signDigest(secret, digest);
        expect(native?.signDigest(secret, digest)).to.equal(signature);
        expectSame(digest, signature);
        const bytes = Buffer.from(signature.slice(2), "hex");
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expectSame(digest, toHex(bytes));
      }),
      { numRuns: 100 },
    );
  });

  it("refuses every length but 65 bytes, and the twin with high s", () => {
    const secret = keccakText("signer");
    const digest = toHex(keccakText("digest")) as Hash;
    const signature = portableCurve.signDigest(secret, digest);
    for (const other of ["0x", signature.slice(0, -2), `${signature}00`, signature.slice(0, 66)]) {
      expect(native?.recoverSigner(digest, other as Hex)).to.equal(null);
    }
    const s = word(ORDER - BigInt(`0x${signature.slice(66, 130)}`));
    const v = signature.endsWith("1b") ? "1c" : "1b";
    expect(native?.recoverSigner(digest, `${signature.slice(0, 66)}${s}${v}` as Hex)).to.equal(null);
  });
});
