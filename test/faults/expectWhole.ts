import { expect } from "chai";
import type { Hash } from "../../backend/domain/types.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { catchUp, dumpProjection, followerOf } from "../workers/followerFixture.ts";
import type { FaultWorld, Post } from "./faultWorld.ts";

type Whole = Pick<FaultWorld, "chain" | "contract" | "database">;

/** Blocks go by until every item of these events is applied (promise 4: without a person, in bounded time). */
export async function drains(world: Whole, posts: readonly Post[], timeoutMs = 60_000): Promise<void> {
  const digests = posts.map(({ digest }) => digest);
  await waitUntil(
    "every item is applied and final",
    async () => {
      await world.chain.rpc("anvil_mine", "0x1");
      const { rows } = await world.database.pool.query<{ open: number }>(
        `SELECT count(*)::int AS open FROM unnest($1::text[]) AS wanted(digest)
         WHERE NOT EXISTS (SELECT FROM chain_custody_step step, chain_cursor cursor
           WHERE step.digest = wanted.digest AND step.block_number <= cursor.finalized_number)`,
        [digests],
      );
      return rows[0]?.open === 0;
    },
    timeoutMs,
  );
}

/**
 * The invariants that hold after every scenario: what was promised was sealed and ends applied or finally rejected
 * (I1), nothing applies twice (I3), no two submissions share a nonce (I6), and the tables are those of a follower that
 * starts on an empty database (I2, I5, I8).
 */
export async function expectWhole(world: Whole): Promise<void> {
  await expectPromisesKept(world.database);
  const twice = await rowsOf(
    world.database,
    "SELECT digest, passport_id FROM chain_custody_step GROUP BY 1, 2 HAVING count(*) > 1",
  );
  expect(twice, "applied twice").to.deep.equal([]);
  const shared = await rowsOf(
    world.database,
    "SELECT sender, nonce FROM attempt GROUP BY 1, 2 HAVING count(DISTINCT submission_id) > 1",
  );
  expect(shared, "submissions that share a nonce").to.deep.equal([]);
  await expectSameAsFresh(world);
}

async function expectPromisesKept(database: TestDatabase): Promise<void> {
  const broken = await rowsOf<{ digest: Hash }>(
    database,
    `SELECT e.digest FROM accepted_event e WHERE NOT EXISTS (SELECT FROM submission_event se WHERE se.digest = e.digest)
       AND NOT EXISTS (SELECT FROM accepted_item i WHERE i.digest = e.digest AND i.state = 'rejected')
     UNION SELECT i.digest FROM accepted_item i WHERE i.state = 'open'`,
  );
  expect(broken, "events that were promised and did not end").to.deep.equal([]);
}

async function expectSameAsFresh({ database, contract }: Whole): Promise<void> {
  await catchUp(followerOf(database, contract));
  const fresh = await createDatabase();
  try {
    await catchUp(followerOf(fresh, contract));
    expect(await dumpProjection(database)).to.deep.equal(await dumpProjection(fresh));
  } finally {
    await fresh.drop();
  }
}

async function rowsOf<Row>(database: TestDatabase, sql: string): Promise<Row[]> {
  return (await database.pool.query(sql)).rows as Row[];
}
