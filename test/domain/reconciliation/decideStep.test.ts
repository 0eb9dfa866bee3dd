import { expect } from "chai";
import fc from "fast-check";
import {
  advanceFinality,
  type Block,
  decideStep,
  finalityByDepth,
  isChain,
  type LocalChain,
} from "../../../backend/domain/reconciliation/decideStep.ts";
import type { Hash } from "../../../backend/domain/types.ts";

/** Blocks 0 to `length - 1`; from `fork` on their hashes carry another letter. */
function chainOf(length: number, fork = Number.POSITIVE_INFINITY, letter = "a"): Block[] {
  const hash = (number: number): Hash => `0x${number < fork ? "a" : letter}${number}` as Hash;
  return Array.from({ length }, (_, number) => ({
    number,
    hash: hash(number),
    parentHash: hash(number - 1),
    time: number,
  }));
}

function localOf(blocks: readonly Block[], finalizedNumber: number): LocalChain {
  const open = new Map(
    blocks.filter((block) => block.number >= finalizedNumber).map((block) => [block.number, block.hash]),
  );
  return { head: blocks.at(-1)!, finalizedNumber, hashAt: (number) => open.get(number) };
}

const local = localOf(chainOf(10), 4);

describe("decideStep", () => {
  it("is current at the same head", () => {
    expect(decideStep(local, [chainOf(10).at(-1)!])).to.deep.equal({ step: "current" });
  });

  it("appends what follows the head", () => {
    const remote = chainOf(12);
    expect(decideStep(local, remote.slice(10))).to.deep.equal({ step: "append", blocks: remote.slice(10) });
  });

  it("asks for the headers between its head and a tip far above", () => {
    expect(decideStep(local, [chainOf(20).at(-1)!])).to.deep.equal({ step: "gap", from: 9, to: 18 });
  });

  it("rolls back to the last shared block of a branch of equal, greater or smaller height", () => {
    for (const length of [8, 10, 14]) {
      expect(decideStep(local, chainOf(length, 7, "b").slice(5))).to.deep.equal({ step: "rollback", to: 6, depth: 3 });
    }
  });

  it("asks for headers further down while the branch touches nothing known", () => {
    expect(decideStep(local, chainOf(10, 7, "b").slice(9))).to.deep.equal({ step: "gap", from: 4, to: 8 });
  });

  it("is behind, and no more, when the chain shows a shorter piece of the same branch", () => {
    expect(decideStep(local, [chainOf(8).at(-1)!])).to.deep.equal({ step: "behind", to: 7, depth: 2 });
  });

  it("rolls back to the finalized block and not below", () => {
    expect(decideStep(local, chainOf(10, 5, "b").slice(4)).step).to.equal("rollback");
    expect(decideStep(local, chainOf(10, 4, "b").slice(4)).step).to.equal("deepReorg");
    expect(decideStep(local, chainOf(10, 4, "b").slice(3)).step).to.equal("deepReorg");
  });

  it("does not take a tip below what was final for a contradiction: a node may lag far behind", () => {
    expect(decideStep(local, chainOf(4).slice(3)).step).to.equal("belowFinal");
    expect(decideStep(local, chainOf(4, 2, "b").slice(3)).step).to.equal("belowFinal");
  });

  it("reaches the remote chain from any fork above finality, never undoing what is final", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(12), fc.nat(12), (shared, finalizedShare, mine, theirs) => {
        const common = shared + 1;
        const finalized = Math.min(finalizedShare, shared);
        let blocks = chainOf(common + mine, common, "m");
        const remote = chainOf(common + theirs, common, "t");
        let branch = [remote.at(-1)!];
        for (let i = 0; i < 20; i++) {
          const decision = decideStep(localOf(blocks, finalized), branch);
          if (decision.step === "current") return blocks.at(-1)!.hash === remote.at(-1)!.hash;
          if (decision.step === "deepReorg" || decision.step === "belowFinal") return false;
          if (decision.step === "gap") branch = [...remote.slice(decision.from, decision.to + 1), ...branch];
          else {
            if (decision.step === "append") blocks = [...blocks, ...decision.blocks];
            else blocks = blocks.slice(0, decision.to + 1);
            branch = [remote.at(-1)!];
          }
          if (!isChain(branch) || blocks.length <= finalized) return false;
        }
        return false;
      }),
      { numRuns: 300 },
    );
  });
});

describe("advanceFinality", () => {
  it("never goes back and never passes the head", () => {
    const current = { safeNumber: 8, finalizedNumber: 6 };
    expect(advanceFinality(current, 10, { safeNumber: 3, finalizedNumber: 2 })).to.deep.equal({
      safeNumber: 6,
      finalizedNumber: 6,
    });
    expect(advanceFinality(current, 10, { safeNumber: 20, finalizedNumber: 15 })).to.deep.equal({
      safeNumber: 10,
      finalizedNumber: 10,
    });
  });

  it("comes from a depth table where a chain has no tags", () => {
    expect(finalityByDepth(10, { safe: 4, finalized: 64 })).to.deep.equal({ safeNumber: 6, finalizedNumber: 0 });
  });
});
