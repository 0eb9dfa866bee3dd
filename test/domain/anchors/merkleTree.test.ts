import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  type InclusionClaim,
  inclusionProof,
  judgeInclusion,
  merkleRoot,
} from "../../../backend/domain/anchors/merkleTree.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";
import { leafHash, MTH, PATH, rootOf } from "./referenceTree.ts";

const VECTORS = new URL("../../vectors/merkle/", import.meta.url);

const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}` as Hash;
const bytes = (hash: string) => Uint8Array.from(Buffer.from(hash.slice(2), "hex"));
const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, i) => hex(createHash("sha256").update(`leaf ${i}`).digest()));
const claimOf = (leaves: readonly Hash[], index: number): InclusionClaim => ({
  leaf: leaves[index]!,
  index,
  size: leaves.length,
  proof: inclusionProof(leaves, index),
  root: merkleRoot(leaves),
});
const flip = (hash: Hash, bit: number): Hash => {
  const flipped = bytes(hash);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return hex(flipped);
};

/** Entries and roots of the trees that implementations of RFC 6962 and RFC 9162 have been compared by since 2013. */
const ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("Merkle tree", () => {
  for (const [size, root] of ROOTS.entries()) {
    it(`over the first ${size} published entries has the published root`, () => {
      const leaves = ENTRIES.slice(0, size).map((entry) => hex(leafHash(Buffer.from(entry, "hex"))));
      expect(merkleRoot(leaves)).to.equal(`0x${root}`);
    });
  }

  it("has the roots and proofs of the RFC's recursive definition, for every leaf of every size to 70", () => {
    for (let size = 1; size <= 70; size++) {
      const leaves = leavesOf(size);
      const reference = leaves.map(bytes);
      expect(merkleRoot(leaves)).to.equal(hex(MTH(reference)));
      for (let index = 0; index < size; index++) {
        const claim = claimOf(leaves, index);
        expect(claim.proof).to.deep.equal(PATH(index, reference).map(hex));
        expect(judgeInclusion(claim)).to.equal(null);
      }
    }
  });

  it("refuses to prove a position that there is not", () => {
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expectCode("leaf-index-out-of-range", () => inclusionProof(leavesOf(3), index));
    }
    expectCode("leaf-index-out-of-range", () => inclusionProof([], 0));
  });
});

describe("inclusion", () => {
  for (const file of readdirSync(VECTORS)) {
    const { fact, claim, fault } = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8"));
    it(`of ${fact} ${fault === null ? "holds" : `does not hold: ${fault}`}`, () => {
      expect(judgeInclusion(claim)).to.equal(fault);
    });
  }

  it("does not hold with any one bit of leaf, root or proof flipped", () => {
    for (const [size, index] of [
      [1, 0],
      [2, 1],
      [7, 4],
      [7, 6],
      [13, 12],
    ] as const) {
      const claim = claimOf(leavesOf(size), index);
      for (let bit = 0; bit < 256; bit++) {
        expect(judgeInclusion({ ...claim, leaf: flip(claim.leaf, bit) })).to.equal("root-differs");
        expect(judgeInclusion({ ...claim, root: flip(claim.root, bit) })).to.equal("root-differs");
        for (const [at, step] of claim.proof.entries()) {
          const proof = claim.proof.with(at, flip(step, bit));
          expect(judgeInclusion({ ...claim, proof })).to.equal("root-differs");
        }
      }
    }
  });

  it("holds for any claim exactly when the recursive reading leads to the root", () => {
    const leaves = leavesOf(24);
    const step = fc.nat(23).map((i) => leaves[i]!);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.nat(30),
        fc.nat(30),
        fc.option(fc.array(step)),
        (n, m, i, path) => {
          const tree = leaves.slice(0, n);
          const honest = claimOf(tree, i % n);
          const claim = { ...honest, index: m, proof: path ?? honest.proof };
          const root = rootOf(bytes(claim.leaf), m, n, claim.proof.map(bytes));
          expect(judgeInclusion(claim) === null).to.equal(root !== null && hex(root) === claim.root);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("fits no other index, and no size whose path has another shape", () => {
    const leaves = leavesOf(21);
    for (let index = 0; index < 21; index++) {
      const claim = claimOf(leaves, index);
      for (let other = 0; other < 21; other++) {
        expect(judgeInclusion({ ...claim, index: other }) === null).to.equal(other === index);
      }
      for (let size = 1; size <= 80; size++) {
        const root = rootOf(bytes(claim.leaf), index, size, claim.proof.map(bytes));
        const expected = root !== null && hex(root) === claim.root;
        expect(judgeInclusion({ ...claim, size }) === null).to.equal(expected);
      }
    }
  });

  it("refuses a million hashes, and holes, without reading them", () => {
    const claim = claimOf(leavesOf(8), 3);
    const endless = new Proxy([] as Hash[], {
      get: (_, name) => {
        if (name === "length") return 1_000_000;
        throw new Error(`read ${String(name)}`);
      },
    });
    expect(judgeInclusion({ ...claim, proof: endless })).to.equal("proof-too-long");
    const holes = new Array<Hash>(3);
    expect(judgeInclusion({ ...claim, proof: holes })).to.equal("hash-malformed");
  });

  it("counts exactly up to the largest tree", () => {
    const step = hex(leafHash(Uint8Array.of(1)));
    const size = Number.MAX_SAFE_INTEGER;
    const claim = { leaf: step, index: size - 1, size, proof: Array<Hash>(52).fill(step), root: step };
    expect(judgeInclusion({ ...claim, index: 2 ** 52 + 1, proof: Array<Hash>(53).fill(step) })).to.equal(
      "root-differs",
    );
    expect(judgeInclusion({ ...claim, index: 2 ** 52 + 1 })).to.equal("proof-too-short");
    expect(judgeInclusion({ ...claim, size: 2 ** 53 })).to.equal("size-out-of-range");
  });
});
