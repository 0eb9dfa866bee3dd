import { expect } from "chai";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type OperatorProcess, startFaultWorld } from "./faultWorld.ts";
import { loadWith } from "./underLoad.ts";

const ROUNDS = 4;

/** Fault 47: replicas are replaced one after the other while clients post. Run by `npm run test:faults`. */
describe("faults: a rolling deployment", function () {
  this.timeout(240_000);
  let world: FaultWorld;

  before(async () => {
    world = await startFaultWorld();
  });
  after(() => world.stop());

  it("47: answers every request that a replica took, keeps all that was acknowledged, and stops with 0", async () => {
    let replicas: OperatorProcess[] = [await world.operator(), await world.operator()];
    let running = true;
    const unanswered: string[] = [];
    const load = loadWith(world, {
      clients: 8,
      urls: () => replicas.map(({ url }) => url),
      running: () => running,
      async onBroken({ digest }) {
        const { rowCount } = await world.database.pool.query("SELECT FROM accepted_event WHERE digest = $1", [digest]);
        if (rowCount !== 0) unanswered.push(digest);
      },
    });
    for (let round = 0; round < ROUNDS; round++) {
      const [oldest, ...others] = replicas as [OperatorProcess, ...OperatorProcess[]];
      replicas = [oldest, ...others, await world.operator()];
      oldest.signal("SIGTERM"); // nobody has told the clients
      expect(await oldest.ended, oldest.output()).to.deep.equal({ code: 0, signal: null });
      replicas = replicas.slice(1);
    }
    running = false;
    const { acknowledged, others } = await load;
    console.log(`      ${acknowledged.length} acknowledged; others: ${JSON.stringify([...others])}`);
    expect(acknowledged.length).to.be.greaterThan(ROUNDS * 8);
    // Refused, or reset in the queue of connections that nobody had taken: a client asks the next replica.
    for (const outcome of others.keys()) expect(outcome).to.be.oneOf(["ECONNREFUSED", "ECONNRESET", "503 retry"]);
    expect(unanswered, "accepted, and not answered").to.deep.equal([]);
    await drains(world, acknowledged);
    await world.killAll();
    await expectWhole(world);
  });
});
