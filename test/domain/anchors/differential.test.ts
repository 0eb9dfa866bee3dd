import { expect } from "chai";
import { type Contract, getAddress } from "ethers";
import fc from "fast-check";
import hre from "hardhat";
import { type Anchor, anchorDigest } from "../../../backend/domain/anchors/anchor.ts";
import {
  type DataRecord,
  dataRecordDigest,
  type SignedDataRecord,
} from "../../../backend/domain/anchors/dataRecord.ts";
import { buildManifest } from "../../../backend/domain/anchors/manifest.ts";
import { inclusionProof, judgeInclusion, merkleRoot } from "../../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { fromHex, toHex } from "../../../backend/domain/bytes.ts";
import { type HoldOrder, holdOrderDigest } from "../../../backend/domain/custody/holds.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { digestOf, domainOf, domainSeparator, OTHER_TYPES } from "../../../scripts/typedData.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(32).map((array) => toHex(array) as Hash);
const id = bytes(20).map((array) => toHex(array));
const uint = (bits: number) => fc.oneof(fc.nat({ max: 2 ** Math.min(bits, 31) - 1 }), fc.constant(2 ** bits - 1));
const domains = fc.record({ chainId: fc.integer({ min: 1, max: 2 ** 31 - 1 }), contract: id });
const dataRecord = fc.record({
  subjectId: id,
  author: uint(24).map((author) => Math.max(author, 1)),
  occurredAt: uint(40),
  recordHash: hash,
}) as fc.Arbitrary<DataRecord>;
const anchor = fc.record({
  publisher: uint(24),
  root: hash,
  count: uint(32),
  manifestHash: hash,
  prevAccumulator: hash,
}) as fc.Arbitrary<Anchor>;
const holdTerms = { passportId: id, regulator: uint(24), counter: uint(32), reasonHash: hash, deadline: uint(40) };
const holdOrder = fc.oneof(
  fc.record({ kind: fc.constant("hold"), ...holdTerms, until: uint(40) }),
  fc.record({ kind: fc.constant("release"), ...holdTerms }),
) as unknown as fc.Arbitrary<HoldOrder>;
/** A tree and a place in it. */
const trees = fc
  .array(hash, { minLength: 1, maxLength: 40 })
  .chain((leaves) => fc.record({ leaves: fc.constant(leaves), index: fc.nat({ max: leaves.length - 1 }) }));

describe("Data records, trees, manifests and holds in Solidity, ethers and the domain, given anything at random", function () {
  this.timeout(120_000);
  let harness: Contract;

  before(async () => {
    const { ethers } = await hre.network.create();
    harness = (await ethers.deployContract("TreeHarness")) as unknown as Contract;
  });
  const ask = (name: string, ...args: unknown[]) => harness.getFunction(name).staticCall(...args);

  it("hash the same trees to the same roots and paths, 500 times", () =>
    fc.assert(
      fc.asyncProperty(trees, async ({ leaves, index }) => {
        expect(await ask("rootOf", leaves)).to.equal(merkleRoot(leaves));
        expect([...(await ask("pathOf", leaves, index))]).to.deep.equal(inclusionProof(leaves, index));
      }),
      { numRuns: 500 },
    ));

  it("judge the same claims alike, whole or with a hash, the place or the size changed, 500 times", () =>
    fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.constantFrom(0, 1, 2, 3, 4, 5), async ({ leaves, index }, at, change) => {
        const size = leaves.length;
        const root = merkleRoot(leaves);
        const leaf = leaves[index] as Hash;
        const proof = inclusionProof(leaves, index);
        const other = recordLeaf(1, leaf);
        const claims = [
          { leaf, index, size, proof },
          { leaf: other, index, size, proof },
          { leaf, index: at % size, size, proof },
          { leaf, index, size: Math.max(index + 1, at % 64), proof },
          { leaf, index, size, proof: proof.map((step, i) => (i === at % proof.length ? other : step)) },
          { leaf, index, size, proof: at % 2 === 0 ? [...proof, other] : proof.slice(1) },
        ];
        const claim = claims[change] as (typeof claims)[number];
        const [fits, reached] = await ask("rootFrom", claim.leaf, claim.index, claim.size, claim.proof);
        expect(judgeInclusion({ ...claim, root }) === null).to.equal(fits && reached === root);
      }),
      { numRuns: 500 },
    ));

  it("make the same leaf of a record, and address every block of a manifest alike, 100 times", () =>
    fc.assert(
      fc.asyncProperty(
        uint(24),
        fc.uniqueArray(dataRecord, { minLength: 1, maxLength: 30, selector: ({ recordHash }) => recordHash }),
        domains,
        async (publisher, records, { chainId, contract }) => {
          const separator = fromHex(domainSeparator(domainOf(chainId, getAddress(contract))) as Hash);
          const digest = dataRecordDigest(separator, records[0] as DataRecord);
          expect(await ask("leafOf", publisher, digest)).to.equal(recordLeaf(publisher, digest));
          const signed = records.map((record): SignedDataRecord => ({ ...record, signature: `0x${"12".repeat(65)}` }));
          const { manifestHash, blocks } = buildManifest(signed);
          expect([...blocks.keys()]).to.include(manifestHash);
          for (const [address, content] of blocks) expect(await ask("blockHash", content)).to.equal(address);
        },
      ),
      { numRuns: 100 },
    ));

  it("hash the same data records, anchors, holds and releases to the same digests, 1,000 times", () =>
    fc.assert(
      fc.property(domains, dataRecord, anchor, holdOrder, ({ chainId, contract }, record, root, order) => {
        const domain = domainOf(chainId, getAddress(contract));
        const separator = fromHex(domainSeparator(domain) as Hash);
        const types = order.kind === "hold" ? OTHER_TYPES.Hold : OTHER_TYPES.Release;
        expect([
          dataRecordDigest(separator, record),
          anchorDigest(separator, root),
          holdOrderDigest(separator, order),
        ]).to.deep.equal([
          digestOf(domain, OTHER_TYPES.DataRecord, record),
          digestOf(domain, OTHER_TYPES.Anchor, root),
          digestOf(domain, types, order),
        ]);
      }),
      { numRuns: 1_000 },
    ));
});
