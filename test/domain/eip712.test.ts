import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import fc from "fast-check";
import { fromHex, toHex } from "../../backend/domain/bytes.ts";
import { keccakWords } from "../../backend/domain/eip712.ts";
import type { Hex } from "../../backend/domain/types.ts";

const hexOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);

describe("keccakWords", () => {
  it("hashes what abi.encode gives, for bytes of every length and numbers up to 53 bits", () => {
    const values = fc.record({
      word: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      size: fc.integer({ min: 1, max: 32 }),
      digits: hexOf(32),
      number: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 40 - 1, Number.MAX_SAFE_INTEGER)),
    });
    fc.assert(
      fc.property(values, ({ word, size, digits, number }) => {
        const bytesN = digits.slice(0, 2 + 2 * size) as Hex;
        const types = ["bytes32", `bytes${size}`, "uint256"];
        const encoded = AbiCoder.defaultAbiCoder().encode(types, [word, bytesN, number]);
        expect(toHex(keccakWords(word, bytesN, number))).to.equal(keccak256(encoded));
      }),
    );
  });

  it("hashes no words as no bytes", () => expect(toHex(keccakWords())).to.equal(keccak256("0x")));

  it("refuses hex that is longer than a word, odd, or none", () => {
    for (const bad of [`0x${"00".repeat(33)}`, "0x123", "0xzz", "0x0ф", `0x0\u{1f50b}`] as Hex[]) {
      expect(() => keccakWords(bad), bad).to.throw(RangeError);
      if (bad.length < 66) expect(() => fromHex(bad), bad).to.throw(RangeError);
    }
  });

  it("reads upper case as lower case", () => expect([...fromHex("0xaBFf")]).to.deep.equal([0xab, 0xff]));
});
