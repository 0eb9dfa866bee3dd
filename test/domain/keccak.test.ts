import { expect } from "chai";
import { keccakText, toHex } from "../../backend/domain/bytes.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { type Keccak, portableKeccak, setKeccak } from "../../backend/domain/keccak.ts";
import type { Uid } from "../../backend/domain/types.ts";
import { loadWasmKeccak } from "../../backend/services/hashing/wasmKeccak.ts";

/** keccak-256 of texts, from the Keccak team's test vectors and from Solidity's documentation. */
const VECTORS = {
  "": "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
  abc: "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
  "Transfer(address,address,uint256)": "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
};

describe("keccak-256", () => {
  after(() => setKeccak(portableKeccak));

  for (const [name, load] of Object.entries({
    portable: async () => portableKeccak,
    "in WebAssembly": loadWasmKeccak,
  })) {
    it(`${name} gives the known hashes`, async () => {
      const keccak = await load();
      for (const [text, hash] of Object.entries(VECTORS)) {
        expect(toHex(keccak([new TextEncoder().encode(text)])), text).to.equal(hash);
      }
    });
  }

  it("is what every hash of the domain is made with, once set", () => {
    const seen: string[] = [];
    const watched: Keccak = (parts) => {
      seen.push(Buffer.concat(parts).toString());
      return portableKeccak(parts);
    };
    setKeccak(watched);
    keccakText("one");
    passportIdOf(1, "urn:two" as Uid);
    expect(seen).to.deep.equal(["one", "urn:two"]);
  });
});
