import { expect } from "chai";
import { nextAccumulator } from "../../../backend/domain/anchors/anchor.ts";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import {
  type AnchoredLog,
  type AnchorTip,
  projectAnchors,
} from "../../../backend/domain/reconciliation/projectAnchors.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";

const hashOf = (byte: string): Hash => `0x${byte.repeat(32)}` as Hash;

/** The log of an anchor after another. */
const logAfter = (prevAccumulator: Hash, publisher = 7, root = hashOf("1a")): AnchoredLog => {
  const anchor = { publisher, root, count: 3, manifestHash: hashOf("3b") };
  const accumulator = nextAccumulator({ ...anchor, prevAccumulator });
  const place = { blockNumber: 5, blockHash: hashOf("b0"), transactionHash: hashOf("7a"), logIndex: 0 };
  return { name: "Anchored", ...place, ...anchor, accumulator, signature: "0x" };
};

describe("projectAnchors", () => {
  it("numbers each publisher's anchors from 0, with what each follows", () => {
    const first = logAfter(ZERO_HASH);
    const second = logAfter(first.accumulator);
    const rivals = logAfter(ZERO_HASH, 8);
    const tips = new Map<number, AnchorTip>();
    const numbered = projectAnchors([first, rivals, second], tips);
    expect(numbered.map(({ publisher, sequence }) => [publisher, sequence])).to.deep.equal([
      [7, 0],
      [8, 0],
      [7, 1],
    ]);
    expect(numbered[2]?.prevAccumulator).to.equal(first.accumulator);
    expect(tips.get(7)).to.deep.equal({ sequence: 1, accumulator: second.accumulator });
  });

  it("goes on from the publisher's last anchor", () => {
    const tips = new Map([[7, { sequence: 41, accumulator: hashOf("ac") }]]);
    expect(projectAnchors([logAfter(hashOf("ac"))], tips)[0]?.sequence).to.equal(42);
  });

  it("refuses a log that leaves an anchor out, comes twice, or says another root, count or publisher", () => {
    const first = logAfter(ZERO_HASH);
    const second = logAfter(first.accumulator);
    for (const logs of [
      [second],
      [first, first],
      [{ ...first, root: hashOf("1c") }],
      [{ ...first, count: 4 }],
      [{ ...first, manifestHash: hashOf("3c") }],
      [{ ...first, publisher: 8 }],
    ]) {
      expectCode("projection-inconsistent", () => projectAnchors(logs, new Map()));
    }
  });
});
