import { expect } from "chai";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { acceptorOn, acceptPost } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";
import { relayAll, settle } from "./settle.ts";

const HOUR = 3_600;

/** Faults 42 and 45: a chain that stands still, and clocks that jump. */
describe("faults of time", function () {
  this.timeout(60_000);
  let world: FaultWorld;

  beforeEach(async () => {
    world = await startFaultWorld();
    await catchUp(followerOf(world.database, world.contract));
  });
  afterEach(() => world.stop());

  const attempts = async (): Promise<number> =>
    (await world.database.pool.query("SELECT count(*)::int AS n FROM attempt")).rows[0].n;
  const states = async (): Promise<unknown[]> =>
    (await world.database.pool.query("SELECT DISTINCT state, reason FROM accepted_item ORDER BY state")).rows;

  it("42: while the chain stalls nothing is sent twice and no more than a few are in flight, and then all drains", async () => {
    await world.chain.rpc("evm_setAutomine", false);
    let clock = 0;
    const relayer = relayerOf(world.database, world.contract, { bumpAfterSeconds: 0, clock: () => clock });
    for (let i = 0; i < 8; i++) {
      await acceptPost(world.database, world.contract, await world.mint());
      await relayAll(relayer);
    }
    const inFlight = await attempts();
    expect(inFlight).to.be.within(1, 4);
    for (let second = 0; second < 600; second += 10) {
      clock += 10_000;
      await relayer.step();
    }
    expect(await attempts()).to.equal(inFlight);
    expect(relayer.alarms).to.deep.equal([]);
    await world.chain.rpc("evm_setAutomine", true);
    await settle(world, world.database, relayer);
    await settle(world, world.database, relayer);
    expect(await states()).to.deep.equal([{ state: "applied", reason: null }]);
    await expectWhole(world);
  });

  it("45: a clock of the operator that is an hour off refuses by name, and what it lets through ends by the chain's", async () => {
    const codeAt = async (post: Post, offset: number): Promise<string> => {
      const acceptor = acceptorOn(world.database, world.contract, () => Math.floor(Date.now() / 1000) + offset);
      try {
        return (await acceptor.accept(JSON.parse(post.body))).state;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        await acceptor.close();
      }
    };
    const post = await world.mint(); // for an hour of the chain's time
    expect(await codeAt(post, -HOUR)).to.equal("occurred-in-future");
    expect(await codeAt(post, 2 * HOUR)).to.equal("deadline-passed");
    expect(await codeAt(post, 0)).to.equal("accepted");
    const relayer = relayerOf(world.database, world.contract);
    await settle(world, world.database, relayer);
    expect(await states()).to.deep.equal([{ state: "applied", reason: null }]);

    // The chain jumps past the deadline of what waits; a clock that is right with the chain's goes on.
    const late = await world.mint();
    expect(await codeAt(late, 0)).to.equal("accepted");
    await world.chain.rpc("evm_increaseTime", 2 * HOUR);
    await world.chain.rpc("anvil_mine", "0x8");
    await catchUp(followerOf(world.database, world.contract));
    expect(await states()).to.deep.include({ state: "rejected", reason: "deadline-passed" });
    const sent = await attempts();
    expect(await codeAt(await world.mint(), 2 * HOUR)).to.equal("accepted");
    await settle(world, world.database, relayer);
    expect(await attempts()).to.equal(sent + 1);
    await expectWhole(world);
  });

  it("45: a relayer whose clock jumps an hour ahead and back sends everything once", async () => {
    let clock = 0;
    const relayer = relayerOf(world.database, world.contract, { clock: () => clock });
    for (const jump of [HOUR, -HOUR, HOUR]) {
      await acceptPost(world.database, world.contract, await world.mint());
      clock += jump * 1_000;
      await settle(world, world.database, relayer);
    }
    expect(await attempts()).to.equal(3);
    expect(await states()).to.deep.equal([{ state: "applied", reason: null }]);
    await expectWhole(world);
  });
});
