import { expect } from "chai";
import { inTransaction } from "../../backend/storage/database.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

describe("inTransaction", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it("fails, and does not end the process, when the server ends its connection between two statements", async () => {
    const outcome = inTransaction(database.pool, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await database.pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
      await waitUntil("it is gone", async () => {
        const left = await database.pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [rows[0]?.pid]);
        return left.rowCount === 0;
      });
      await new Promise((resolve) => setImmediate(resolve)); // its last words arrive
      await tx.query("SELECT 1");
    });
    expect(
      await outcome.then(
        () => "done",
        (error: Error) => error.message,
      ),
    ).to.match(/connection|terminat/i);
    expect((await database.pool.query("SELECT 1 AS one")).rows).to.deep.equal([{ one: 1 }]);
  });
});
