import { expect } from "chai";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import { checkTables } from "../../backend/services/fsck/checkTables.ts";
import { createDatabase } from "../support/database.ts";
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

/** `fsck` is clean, and the tables are those of a follower that starts on an empty database: after every scenario. */
export async function expectWhole({ database, contract }: Whole): Promise<void> {
  await catchUp(followerOf(database, contract));
  const findings = await checkTables(
    {
      pool: database.pool,
      rpc: contract.rpc,
      deployment: contract,
      separator: contract.separator,
      recoverSigner,
      onProgress: () => undefined,
    },
    { quick: false, repair: false },
  );
  const broken = findings.filter(({ state }) => state !== "holds");
  expect(broken, "fsck").to.deep.equal([]);
  expect(findings.length).to.be.greaterThan(10);
  const fresh = await createDatabase();
  try {
    await catchUp(followerOf(fresh, contract));
    expect(await dumpProjection(database)).to.deep.equal(await dumpProjection(fresh));
  } finally {
    await fresh.drop();
  }
}
