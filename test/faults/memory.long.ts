import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type OperatorProcess, startFaultWorld } from "./faultWorld.ts";
import { loadWith } from "./underLoad.ts";

const HEAP_MB = 128;
/** Code, native parts and buffers come on top of the heap. */
const MOST_RSS_MB = 3 * HEAP_MB + 100;
const LOAD_MS = 30_000;

/** Fault 48: little memory under more load than it can take. Run by `npm run test:faults`; Linux, for the figures. */
describe("faults: little memory", function () {
  this.timeout(240_000);
  let world: FaultWorld;

  before(async function () {
    if (process.platform !== "linux") return this.skip();
    world = await startFaultWorld();
  });
  after(() => world?.stop());

  it("48: stays within its bounds, and whatever was acknowledged is there, also after an end by force", async () => {
    const env = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
    let operator: OperatorProcess = await world.operator(env);
    let largest = 0;
    const end = performance.now() + LOAD_MS;
    const running = () => performance.now() < end;
    const watch = async (): Promise<void> => {
      for (; running(); await pause(200)) largest = Math.max(largest, await residentMb(operator.pid));
    };
    const isAlive = () => Promise.race([operator.ended.then(() => false), pause(100, true)]);
    const restart = async (): Promise<void> => {
      await pause(LOAD_MS / 2);
      expect(await isAlive(), operator.output()).to.equal(true);
      await operator.kill();
      operator = await world.operator(env);
    };
    const load = loadWith(world, { clients: 24, items: 60, urls: () => [operator.url], running });
    const [{ acknowledged, others }] = await Promise.all([load, watch(), restart()]);
    console.log(
      `      ${acknowledged.length * 60} items acknowledged, at most ${largest} MB; others: ${JSON.stringify([...others])}`,
    );
    expect(await isAlive(), operator.output()).to.equal(true);
    expect(largest).to.be.within(1, MOST_RSS_MB);
    for (const outcome of others.keys()) expect(outcome).to.be.oneOf(["ECONNREFUSED", "ECONNRESET", "503 retry"]);
    await drains(world, acknowledged, 120_000);
    await world.killAll();
    await expectWhole(world);
  });
});

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
}
