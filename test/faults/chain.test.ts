import { expect } from "chai";
import { Wallet } from "ethers";
import type { Hash } from "../../backend/domain/types.ts";
import type { TestChain } from "../support/chain.ts";
import { lower, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { acceptPost } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, knowFirms, startFaultWorld } from "./faultWorld.ts";
import { relayAll, settle } from "./settle.ts";

const SECOND_KEY = `0x${"42".repeat(32)}`;

/** Faults 20, 37 and 43: an old backup, a reorganisation that moves transactions, and two operators with one event. */
describe("faults around the chain", function () {
  this.timeout(60_000);
  let world: FaultWorld;
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;

  beforeEach(async () => {
    world = await startFaultWorld();
    ({ chain, contract, database } = world);
    await catchUp(followerOf(database, contract));
  });
  afterEach(() => world.stop());

  const acceptMint = async () => acceptPost(database, contract, await world.mint());
  const statesOf = async ({ pool }: TestDatabase, digest: Hash): Promise<string[]> =>
    (await pool.query<{ state: string }>("SELECT state FROM accepted_item WHERE digest = $1", [digest])).rows.map(
      ({ state }) => state,
    );

  it("20: an older backup is followed up to the chain, and its relayer uses no nonce twice", async () => {
    await acceptMint();
    await settle(world, database, relayerOf(database, contract));
    const restore = await backUp(database);
    for (let i = 0; i < 2; i++) {
      await acceptMint();
      await settle(world, database, relayerOf(database, contract));
    }
    await restore();
    const { digest } = await acceptMint();
    await settle(world, database, relayerOf(database, contract));
    expect(await statesOf(database, digest)).to.deep.equal(["applied"]);
    const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM chain_passport");
    expect(rows[0].n).to.equal(4);
    await expectWhole({ chain, contract, database });
  });

  it("37: what a reorganisation moves to other blocks, in another order, is the same batch at another place", async () => {
    const relayer = relayerOf(database, contract);
    for (let i = 0; i < 2; i++) {
      await acceptMint();
      await relayAll(relayer);
    }
    await catchUp(followerOf(database, contract));
    const before = await submissions();
    const places = await blocksOfSteps();
    const { rows } = await database.pool.query<{ raw: string }>(
      "SELECT '0x' || encode(raw, 'hex') AS raw FROM attempt",
    );
    await chain.rpc("anvil_rollback", 2);
    await chain.rpc("anvil_mine", "0x3");
    for (const { raw } of rows.reverse()) await chain.rpc("eth_sendRawTransaction", raw);
    await settle(world, database, relayer);
    expect(await submissions()).to.deep.equal(before);
    expect(await blocksOfSteps()).not.to.deep.equal(places);
    await expectWhole({ chain, contract, database });
  });

  it("43: an event that two operators bring lands once, and both know that it did", async () => {
    const other = await createDatabase();
    try {
      await chain.rpc("anvil_setBalance", lower(new Wallet(SECOND_KEY).address), "0x3635c9adc5dea00000");
      await knowFirms(other, world.firmRecords);
      await catchUp(followerOf(other, contract));
      const post = await acceptMint();
      await acceptPost(other, contract, post);
      const here = relayerOf(database, contract);
      const there = relayerOf(other, contract, {}, new Wallet(SECOND_KEY));
      // Both seal and send before either has read of the other's.
      await Promise.all([relayAll(here), relayAll(there)]);
      await settle(world, database, here);
      await settle(world, other, there);
      expect([await statesOf(database, post.digest), await statesOf(other, post.digest)]).to.deep.equal([
        ["applied"],
        ["applied"],
      ]);
      for (const each of [database, other]) await expectWhole({ chain, contract, database: each });
    } finally {
      await other.drop();
    }
  });

  const submissions = async () =>
    (await database.pool.query("SELECT id, encode(calldata, 'hex') AS calldata FROM submission ORDER BY id")).rows;
  const blocksOfSteps = async (): Promise<number[]> =>
    (
      await database.pool.query<{ n: number }>("SELECT block_number AS n FROM chain_custody_step ORDER BY digest")
    ).rows.map(({ n }) => n);
});

/** Copies every table; answers how to put the copies back, as restoring a dump does. */
async function backUp({ pool }: TestDatabase): Promise<() => Promise<void>> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  );
  const names = rows.map(({ name }) => name);
  await pool.query("CREATE SCHEMA backup");
  for (const name of names) await pool.query(`CREATE TABLE backup."${name}" AS TABLE public."${name}"`);
  return async () => {
    await pool.query(`TRUNCATE ${names.map((name) => `public."${name}"`).join(", ")}`);
    // Foreign keys were kept when the copy was made; while it is put back they wait.
    const client = await pool.connect();
    try {
      await client.query("SET session_replication_role = replica");
      for (const name of names) await client.query(`INSERT INTO public."${name}" SELECT * FROM backup."${name}"`);
      await client.query("SET session_replication_role = origin");
    } finally {
      client.release();
    }
    await pool.query("DROP SCHEMA backup CASCADE");
  };
}
