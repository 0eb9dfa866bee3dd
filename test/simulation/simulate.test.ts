import { expect } from "chai";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { simulate } from "./simulate.ts";

/** More of them: `npm run simulate -- --seeds 200`. */
const SEEDS = [1, 2, 3];

describe("two operators under random faults", function () {
  this.timeout(120_000);
  let chain: TestChain;

  before(async () => {
    chain = await startTestChain();
  });
  after(() => chain.kill());

  for (const seed of SEEDS) {
    it(`end with what the chain holds, every promise kept (seed ${seed})`, async () => {
      const { accepted, reorgs, applied } = await simulate(chain, seed);
      expect(Math.min(accepted, reorgs, applied), "a run in which something happens").to.be.greaterThan(0);
    });
  }
});
