import { expect } from "chai";
import { FINALITY_DEPTH } from "../../backend/embedded/chainNode.ts";
import { decideMining } from "../../backend/embedded/mineOnDemand.ts";

describe("decideMining", () => {
  it("rests when nothing waits and the last busy block is finalized", () => {
    expect(decideMining({ latest: 14, lastBusy: 10, saved: 10, pending: 0 })).to.equal("rest");
  });

  it("mines on, without transactions, until the last busy block is finalized", () => {
    expect(decideMining({ latest: 12, lastBusy: 10, saved: 12, pending: 0 })).to.equal("mine");
  });

  it("mines when a transaction waits", () => {
    expect(decideMining({ latest: 14, lastBusy: 10, saved: 14, pending: 1 })).to.equal("mine");
  });

  it("saves before a block that would finalize one which is not on disk", () => {
    expect(decideMining({ latest: 14, lastBusy: 14, saved: 11, pending: 0 })).to.equal("mine");
    expect(decideMining({ latest: 14, lastBusy: 14, saved: 10, pending: 0 })).to.equal("save-then-mine");
  });

  it("saves even on the first blocks when what is on disk is no longer this chain", () => {
    expect(decideMining({ latest: 2, lastBusy: 2, saved: -1, pending: 0 })).to.equal("save-then-mine");
  });

  it("never finalizes a block that is not on disk, whatever comes in", () => {
    let latest = 0;
    let saved = 0;
    let lastBusy = -FINALITY_DEPTH;
    for (let turn = 0; turn < 2_000; turn++) {
      const pending = (turn * 2_654_435_761) % 7 === 0 ? 1 : 0; // irregular, and the same in every run
      const decision = decideMining({ latest, lastBusy, saved, pending });
      if (decision === "rest") continue;
      if (decision === "save-then-mine") saved = latest;
      latest += 1;
      if (pending > 0) lastBusy = latest;
      expect(latest - FINALITY_DEPTH).to.be.at.most(saved);
    }
    expect(latest).to.be.greaterThan(500);
  });
});
