import { expect } from "chai";
import { type Keccak, portableKeccak } from "../../../backend/domain/keccak.ts";
import { chooseKeccak, describeKeccak } from "../../../backend/services/hashing/chooseKeccak.ts";

/** Each look costs the portable one, which has five turns of one round each, more time than what is measured after it. */
const secondIsFaster = () => {
  let now = 0;
  let looks = 0;
  return () => {
    now += looks++ < 10 ? 20 : 4;
    return now;
  };
};
/** The portable function under another identity, changed. */
const changed =
  (change: (hash: Uint8Array, parts: readonly Uint8Array[]) => Uint8Array) => async (): Promise<Keccak> => (parts) =>
    change(portableKeccak(parts), parts);
const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

describe("chooseKeccak", () => {
  it("takes WebAssembly where it gives the same answers in less time", async () => {
    const chosen = await chooseKeccak(
      changed((hash) => hash),
      secondIsFaster(),
    );
    expect(chosen).to.include({ name: "wasm" }).and.not.have.property("reason");
    expect(describeKeccak(chosen)).to.match(/^wasm keccak-256, [\d,]+ hashes a second on one core$/);
  });

  it("takes the portable one where WebAssembly cannot be compiled, and says so", async () => {
    const chosen = await chooseKeccak(() => Promise.reject(new Error("no WebAssembly")), secondIsFaster());
    expect(chosen.keccak).to.equal(portableKeccak);
    expect(describeKeccak(chosen)).to.match(/^portable .*; this machine has no WebAssembly hasher$/);
  });

  const answers = new Uint8Array(32);
  for (const [what, wasm] of Object.entries({
    "flips one bit of one length": changed((hash, parts) => {
      if (lengthOf(parts) === 136) hash[31] = (hash[31] as number) ^ 1;
      return hash;
    }),
    "forgets all but the first part": async () => (parts: readonly Uint8Array[]) => portableKeccak(parts.slice(0, 1)),
    "answers with bytes that the next answer overwrites": changed((hash) => {
      answers.set(hash);
      return answers;
    }),
    "answers with more bytes": changed((hash) => new Uint8Array([...hash, 0])),
    "throws at no bytes": changed((hash, parts) => {
      if (lengthOf(parts) === 0) throw new RangeError("empty");
      return hash;
    }),
  } satisfies Record<string, () => Promise<Keccak>>)) {
    it(`never takes a WebAssembly hasher that ${what}`, async () => {
      const chosen = await chooseKeccak(wasm, secondIsFaster());
      expect(chosen.keccak).to.equal(portableKeccak);
      expect(chosen.reason).to.equal("the WebAssembly hasher gave other answers than the portable one");
    });
  }
});
