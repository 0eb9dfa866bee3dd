import { startTestChain, type TestChain } from "../support/chain.ts";
import { simulate } from "./simulate.ts";

// Run by scripts/simulate.ts, which says what the variables mean. A chain serves some seeds, then it is replaced: its
// state grows with every one.
const from = Number(process.env.SIMULATE_FROM ?? 1);
const seeds = Number(process.env.SIMULATE_SEEDS ?? 20);
const SEEDS_PER_CHAIN = 25;

describe(`${seeds} seeds from ${from}`, function () {
  this.timeout(300_000);
  let chain: TestChain | undefined;

  after(() => chain?.kill());

  for (let seed = from; seed < from + seeds; seed++) {
    it(`seed ${seed}`, async () => {
      if (chain === undefined || (seed - from) % SEEDS_PER_CHAIN === 0) {
        await chain?.kill();
        chain = await startTestChain();
      }
      const startedAt = performance.now();
      const result = await simulate(chain, seed);
      const counts = Object.entries(result).map(([name, value]) => `${name} ${value}`);
      console.log(`      ${counts.join(", ")}, ${Math.round(performance.now() - startedAt)} ms`);
    });
  }
});
