import { expect } from "chai";
import { computeAddress, SigningKey, toBeHex, Wallet } from "ethers";
import { keccakText, toHex } from "../../backend/domain/bytes.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { Hash, Hex } from "../../backend/domain/types.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("recoverSigner", () => {
  const key = new SigningKey(keccakText("signer"));
  const address = computeAddress(key.publicKey).toLowerCase();
  const digest = toHex(keccakText("digest")) as Hash;
  const signature = key.sign(digest);
  const join = (r: string, s: string, v: number) =>
    `0x${r.slice(2)}${s.slice(2)}${v.toString(16).padStart(2, "0")}` as Hex;

  it("recovers the address that ethers signs with", () => {
    expect(recoverSigner(digest, signature.serialized as Hex)).to.equal(address);
    const other = new Wallet(toHex(keccakText("other")));
    expect(recoverSigner(digest, other.signingKey.sign(digest).serialized as Hex)).to.equal(
      other.address.toLowerCase(),
    );
  });

  it("refuses the same signature with high s", () => {
    const highS = toBeHex(ORDER - BigInt(signature.s), 32);
    expect(recoverSigner(digest, join(signature.r, highS, signature.v === 27 ? 28 : 27))).to.equal(null);
  });

  it("refuses every v but 27 and 28", () => {
    for (const v of [0, 1, 26, 29, 35, 255])
      expect(recoverSigner(digest, join(signature.r, signature.s, v))).to.equal(null);
  });

  it("refuses every length but 65 bytes", () => {
    const serialized = signature.serialized as Hex;
    for (const wrong of ["0x", serialized.slice(0, -2), `${serialized}00`, signature.compactSerialized]) {
      expect(recoverSigner(digest, wrong as Hex)).to.equal(null);
    }
  });

  it("refuses r or s that is zero or not below the order", () => {
    const zero = toBeHex(0n, 32);
    const order = toBeHex(ORDER, 32);
    for (const bad of [zero, order]) {
      expect(recoverSigner(digest, join(bad, signature.s, 27))).to.equal(null);
      expect(recoverSigner(digest, join(signature.r, bad, 27))).to.equal(null);
    }
  });
});
