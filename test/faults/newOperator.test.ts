import { expect } from "chai";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, knowFirms, startFaultWorld } from "./faultWorld.ts";
import { settle } from "./settle.ts";

/** An operator that begins on an empty database, beside a chain that has a past. */
describe("a new operator", function () {
  this.timeout(60_000);
  let world: FaultWorld;
  let empty: TestDatabase;

  before(async () => {
    world = await startFaultWorld();
    await catchUp(followerOf(world.database, world.contract));
    empty = await createDatabase();
    await knowFirms(empty, world.firmRecords);
  });
  after(async () => {
    await world.killAll();
    await empty.drop();
    await world.stop();
  });

  it("asks whom it has not read about yet to come again, sends nobody away, and knows strangers once it has caught up", async () => {
    const operator = await world.operator({ ROLES: "api", DATABASE_URL: empty.url });
    const post = await world.mint();
    const strange = { body: post.body.replaceAll('"actor":1,', '"actor":77,') };
    const early = await operator.post(post);
    expect([early?.status, early?.json.code]).to.deep.equal([503, "chain-not-followed"]);
    await followerOf(empty, world.contract).step(); // on the way
    await catchUp(followerOf(empty, world.contract));
    expect((await operator.post(post))?.status).to.equal(202);
    expect((await operator.post(strange))?.json.code).to.equal("participant-unknown");
    await operator.kill();
    await settle(world, empty, relayerOf(empty, world.contract));
    await expectWhole({ ...world, database: empty });
  });
});
