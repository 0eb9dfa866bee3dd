import { expect } from "chai";
import { anchorRoot, MAX_ANCHORED, nextAccumulator } from "../../../backend/domain/anchors/anchor.ts";
import { dataRecordDigest } from "../../../backend/domain/anchors/dataRecord.ts";
import { parseManifest } from "../../../backend/domain/anchors/manifest.ts";
import { inclusionProof, judgeInclusion } from "../../../backend/domain/anchors/merkleTree.ts";
import { accumulatorAfter, planAnchor } from "../../../backend/domain/anchors/planAnchor.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import type { Address, Hash } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";
import { recordsOf } from "./leaves.ts";

const separator = domainSeparator({ chainId: 31337, contract: `0x${"5f".repeat(20)}` as Address });
const OPTIONS = { publisher: 6, prevAccumulator: ZERO_HASH, maxWaitSeconds: 60 };

const queueOf = (count: number, secondsWaiting = 0) =>
  recordsOf(count).map((record) => ({ digest: dataRecordDigest(separator, record), record, secondsWaiting }));

describe("accumulatorAfter", () => {
  const hashOf = (byte: string): Hash => `0x${byte.repeat(32)}` as Hash;
  const link = (from: string, to: string) => ({ prevAccumulator: hashOf(from), accumulator: hashOf(to) });

  it("is the chain's while nothing is in flight, and else that of the last in flight", () => {
    expect(accumulatorAfter(hashOf("aa"), [])).to.equal(hashOf("aa"));
    expect(accumulatorAfter(hashOf("aa"), [link("aa", "bb"), link("bb", "cc")])).to.equal(hashOf("cc"));
  });

  it("is none while something is in flight that cannot land any more", () => {
    expect(accumulatorAfter(hashOf("ab"), [link("aa", "bb")])).to.equal(null);
    expect(accumulatorAfter(hashOf("aa"), [link("bb", "cc")])).to.equal(null);
  });
});

describe("planAnchor", () => {
  it("waits while nothing is queued, or nothing has waited long enough", () => {
    expect(planAnchor([], OPTIONS)).to.equal(null);
    expect(planAnchor([], { ...OPTIONS, maxWaitSeconds: 0 })).to.equal(null);
    expect(planAnchor(queueOf(3, 59), OPTIONS)).to.equal(null);
  });

  it("takes everything, in order, as soon as one record has waited long enough", () => {
    const queue = queueOf(9).map((queued, i) => ({ ...queued, secondsWaiting: i === 4 ? 60 : 0 }));
    const planned = planAnchor(queue, OPTIONS)!;
    const records = queue.map(({ record }) => record);
    expect(planned.anchor).to.deep.equal({
      publisher: 6,
      root: anchorRoot(separator, 6, records),
      count: 9,
      manifestHash: planned.manifest.manifestHash,
      prevAccumulator: ZERO_HASH,
    });
    expect(planned.accumulator).to.equal(nextAccumulator(planned.anchor));
    const listed = parseManifest(planned.anchor, planned.manifest.blocks);
    expect(listed).to.deep.equal(records);
    const leaves = listed.map((record) => recordLeaf(6, dataRecordDigest(separator, record)));
    for (const [index, leaf] of leaves.entries()) {
      const claim = { leaf, index, size: 9, proof: inclusionProof(leaves, index), root: planned.anchor.root };
      expect(judgeInclusion(claim)).to.equal(null);
    }
  });

  it("goes at once when full, takes ten thousand and leaves the rest", () => {
    const queue = queueOf(MAX_ANCHORED + 1);
    expect(planAnchor(queue.slice(2), OPTIONS)).to.equal(null);
    const planned = planAnchor(queue, OPTIONS)!;
    expect(planned.anchor.count).to.equal(MAX_ANCHORED);
    expect(planned.anchor.root).to.equal(planAnchor(queue.slice(0, MAX_ANCHORED), OPTIONS)!.anchor.root);
  });

  it("chains: the next anchor follows the accumulator of the last", () => {
    const first = planAnchor(queueOf(2, 60), OPTIONS)!;
    const second = planAnchor(queueOf(2, 60), { ...OPTIONS, prevAccumulator: first.accumulator })!;
    expect(second.anchor.prevAccumulator).to.equal(first.accumulator);
    expect(second.accumulator).to.not.equal(first.accumulator);
  });

  it("refuses a queue that holds a record twice", () => {
    const [queued] = queueOf(1, 60);
    expectCode("manifest-leaf-repeated", () => planAnchor([queued!, queued!], OPTIONS));
  });
});
