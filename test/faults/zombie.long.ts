import { expect } from "chai";
import { waitUntil } from "../support/waitUntil.ts";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";

/** Fault 9: the leader sleeps, another takes over, and the first wakes as if nothing had been. Run by `npm run test:faults`. */
describe("faults: a leader that sleeps and wakes", function () {
  this.timeout(240_000);
  let world: FaultWorld;

  before(async () => {
    world = await startFaultWorld();
  });
  after(() => world.stop());

  it("9: another relays meanwhile; what the first does when it wakes is refused or the same", async () => {
    const first = await world.operator();
    const posts: Post[] = [await world.mint()];
    expect((await first.post(posts[0] as Post))?.status).to.equal(202);
    await drains(world, posts);
    const before = await epoch();
    const second = await world.operator();
    first.signal("SIGSTOP");
    for (let i = 0; i < 3; i++) {
      const post = await world.mint(2);
      expect((await second.post(post))?.status).to.equal(202);
      posts.push(post);
    }
    await waitUntil("another has taken over", async () => (await epoch()) > before, 60_000);
    await drains(world, posts);
    first.signal("SIGCONT");
    for (const operator of [first, second, first]) {
      const post = await world.mint();
      expect((await operator.post(post))?.status).to.equal(202);
      posts.push(post);
    }
    await drains(world, posts);
    await world.killAll();
    await expectWhole(world);
  });

  const epoch = async (): Promise<number> =>
    Number((await world.database.pool.query("SELECT max(epoch)::int AS epoch FROM leader_epoch")).rows[0].epoch);
});
