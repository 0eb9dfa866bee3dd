import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../backend/domain/bytes.ts";
import { portableKeccak } from "../../../backend/domain/keccak.ts";
import { loadWasmKeccak } from "../../../backend/services/hashing/wasmKeccak.ts";

describe("keccak-256 in WebAssembly", () => {
  it("gives the portable one's hash of any bytes, in however many parts", async () => {
    const wasm = await loadWasmKeccak();
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(parts, (parts) => {
        expect(toHex(wasm(parts))).to.equal(toHex(portableKeccak(parts)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives the portable one's hash of every length around a block, and around what it takes in one call", async () => {
    const wasm = await loadWasmKeccak();
    const around = [...Array(420).keys(), ...[-1, 0, 1].flatMap((off) => [16_384 + off, 32_768 + off])];
    for (const length of around) {
      const bytes = new Uint8Array(length).map((_, i) => i * 31);
      expect(toHex(wasm([bytes])), `${length} bytes`).to.equal(toHex(portableKeccak([bytes])));
    }
  });

  it("goes on rightly after a hash that failed halfway", async () => {
    const wasm = await loadWasmKeccak();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(() => wasm([bytes, undefined as unknown as Uint8Array])).to.throw();
    expect(toHex(wasm([bytes]))).to.equal(toHex(portableKeccak([bytes])));
  });

  it("leaves earlier answers and the parts as they were", async () => {
    const wasm = await loadWasmKeccak();
    const part = Uint8Array.of(1);
    const first = wasm([part]);
    const text = toHex(first);
    wasm([Uint8Array.of(2)]);
    expect([toHex(first), toHex(part)]).to.deep.equal([text, "0x01"]);
  });
});
