import { expect } from "chai";
import type { DecodedLog } from "../../backend/domain/reconciliation/contractLog.ts";
import type { Block } from "../../backend/domain/reconciliation/decideStep.ts";
import { createBackfill } from "../../backend/workers/backfill.ts";

/** A chain with as many logs in a block as `logsIn` says, that answers for so many blocks at most; notes what it is asked. */
function chainOf(logsIn: (block: number) => number, mostBlocks = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  const readLogsBetween = async (from: number, to: number) => {
    asked.push(`${from}-${to}`);
    if (to - from + 1 > mostBlocks) throw new Error(`more than ${mostBlocks} blocks`);
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const logs = numbers.flatMap((blockNumber) => Array(logsIn(blockNumber)).fill({ blockNumber }));
    return { blocks: [{ number: to }] as Block[], logs: logs as DecodedLog[] };
  };
  return { asked, readLogsBetween };
}

/** Reads to the end, as a follower does; answers the numbers of logs that were read together. */
async function readAll(backfill: ReturnType<typeof createBackfill>, end: number): Promise<number[]> {
  const sizes: number[] = [];
  for (let from = 1; from <= end; ) {
    const found = await backfill.read(from, end);
    if (found === null) continue;
    sizes.push(found.logs.length);
    from = found.to + 1;
  }
  return sizes;
}

describe("backfill", () => {
  it("takes twice as many blocks each time on a chain without logs, up to ten thousand", async () => {
    const chain = chainOf(() => 0);
    await readAll(createBackfill(chain.readLogsBetween), 100_000);
    expect(chain.asked.slice(0, 4)).to.deep.equal(["1-16", "17-48", "49-112", "113-240"]);
    const widths = chain.asked.map((range) => range.split("-").map(Number) as [number, number]);
    expect(Math.max(...widths.map(([from, to]) => to - from + 1))).to.equal(10_000);
  });

  it("takes as many blocks as bring the logs that are wanted, and at least one", async () => {
    const chain = chainOf((block) => (block < 1000 ? 100 : 5000));
    const sizes = await readAll(createBackfill(chain.readLogsBetween, 2000), 1100);
    expect(sizes.slice(2, 40).every((size) => size === 2000)).to.equal(true);
    expect(sizes.slice(-20).every((size) => size === 5000)).to.equal(true);
  });

  it("asks for a quarter where the node refuses so many blocks, and reads every block once", async () => {
    const chain = chainOf(() => 1, 50);
    const sizes = await readAll(createBackfill(chain.readLogsBetween), 300);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(300);
    expect(chain.asked).to.include.members(["49-112", "49-64"]);
  });

  it("throws where the node answers for no single block", async () => {
    const backfill = createBackfill(chainOf(() => 0, 0).readLogsBetween);
    expect(await backfill.read(7, 500)).to.equal(null);
    expect(await backfill.read(7, 500)).to.equal(null);
    const failure = await backfill.read(7, 500).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error).and.have.property("message", "more than 0 blocks");
  });

  it("asks for the next blocks before the ones before are stored, and for none beyond what is final", async () => {
    const chain = chainOf(() => 0);
    const backfill = createBackfill(chain.readLogsBetween);
    await backfill.read(1, 48);
    expect(chain.asked).to.deep.equal(["1-16", "17-48"]);
    await backfill.read(17, 48);
    expect(chain.asked).to.have.length(2);
  });

  it("asks again for what it has read ahead when it is told to forget, or to go on elsewhere", async () => {
    const chain = chainOf(() => 0);
    const backfill = createBackfill(chain.readLogsBetween);
    await backfill.read(1, 1000);
    backfill.forget();
    await backfill.read(17, 1000);
    await backfill.read(5, 1000);
    expect(chain.asked.filter((range) => range.startsWith("17-"))).to.have.length(2);
    expect(chain.asked.filter((range) => range.startsWith("5-"))).to.have.length(1);
  });

  it("leaves a failure of what was read ahead to whoever asks for it", async () => {
    const chain = chainOf(() => 0, 16);
    const backfill = createBackfill(chain.readLogsBetween);
    await backfill.read(1, 1000);
    await new Promise(setImmediate); // an unheard rejection would end the process here
    expect(await backfill.read(17, 1000)).to.equal(null);
  });
});
