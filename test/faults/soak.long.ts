import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type OperatorProcess, type Post, startFaultWorld } from "./faultWorld.ts";

// Run by scripts/soak.ts.
const MINUTES = Number(process.env.SOAK_MINUTES ?? 2);
const POST_EVERY_MS = 40;
const KILL_AFTER_MS = [500, 5_000] as const;
const MINE_EVERY_MS = 1_000;

/** Faults 7 and 52: kill -9 in a loop, a random replica each time, under load. */
describe(`a soak of ${MINUTES} minutes`, function () {
  this.timeout((MINUTES + 5) * 60_000);
  let world: FaultWorld;

  before(async () => {
    world = await startFaultWorld();
  });
  after(() => world.stop());

  it("loses nothing and does nothing twice", async () => {
    const end = performance.now() + MINUTES * 60_000;
    const running = () => performance.now() < end;
    const replicas: OperatorProcess[] = [await world.operator(), await world.operator()];
    const promised: Post[] = [];
    const counts = { posted: 0, broken: 0, refused: 0, kills: 0, handovers: 0 };
    let mint: Post | null = null;

    /** Posts to one replica, to the other when the connection breaks, until somebody has answered. */
    const post = async (one: Post): Promise<boolean> => {
      for (let at = counts.posted++; ; at++) {
        const reply = await (replicas[at % replicas.length] as OperatorProcess).post(one);
        if (reply?.status === 202) return promised.push(one) > 0;
        if (reply !== null && reply.status < 500) {
          throw new Error(`an event was refused: ${reply.status} ${reply.text}`);
        }
        if (reply === null) counts.broken += 1;
        else counts.refused += 1;
        await pause(100);
      }
    };
    const load = async (): Promise<void> => {
      while (running()) {
        const next: Post = mint === null ? await world.mint(1 + (counts.posted % 3)) : await world.handOver(mint);
        await post(next);
        if (mint !== null) counts.handovers += 1;
        mint = mint === null ? next : null;
        await pause(POST_EVERY_MS);
      }
    };
    const kill = async (): Promise<void> => {
      while (running()) {
        await pause(KILL_AFTER_MS[0] + Math.random() * (KILL_AFTER_MS[1] - KILL_AFTER_MS[0]));
        const which = Math.random() < 0.5 ? 0 : 1;
        await (replicas[which] as OperatorProcess).kill();
        counts.kills += 1;
        replicas[which] = await world.operator();
      }
    };
    const mine = async (): Promise<void> => {
      while (running()) {
        await world.chain.rpc("anvil_mine", "0x1");
        await pause(MINE_EVERY_MS);
      }
    };
    await Promise.all([load(), kill(), mine()]);

    const startedAt = performance.now();
    await drains(world, promised, 120_000);
    const drainedMs = Math.round(performance.now() - startedAt);
    await world.killAll();
    await expectWhole(world);
    console.log(`      ${JSON.stringify({ ...counts, promised: promised.length, drainedMs })}`);
    expect(counts.kills).to.be.greaterThan(0);
  });
});
