import { expect } from "chai";
import fc from "fast-check";
import { inTransaction } from "../../backend/storage/database.ts";
import { insertRows } from "../../backend/storage/insertRows.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

type Row = { readonly position: number; readonly text: string | null; readonly bytes: Uint8Array };

describe("insertRows", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
    await database.pool.query("CREATE TABLE kept (position int, text text, bytes bytea, time timestamptz, flag bool)");
  });
  after(() => database.drop());

  const store = async (rows: readonly Row[]): Promise<Row[]> => {
    await database.pool.query("TRUNCATE kept");
    await inTransaction(database.pool, (tx) =>
      insertRows(
        tx,
        "kept",
        [
          ["position", "int", ({ position }) => position],
          ["text", "text", ({ text }) => text],
          ["bytes", "bytea", ({ bytes }) => bytes],
        ],
        rows,
      ),
    );
    return (await database.pool.query("SELECT position, text, bytes FROM kept ORDER BY position")).rows;
  };

  it("stores every text and all bytes as they are", async () => {
    // PostgreSQL has no text with a NUL, nor with half of a surrogate pair.
    const text = fc.option(fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\0")));
    const awkward = fc.constantFrom("", "NULL", "null", '"', "\\", '\\"', "{a,b}", ",", " ", "\n", "'", "$1", "0x00");
    const row = fc.record({ text: fc.oneof(awkward, text), bytes: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (values) => {
        const rows = values.map((value, position) => ({ ...value, position }));
        const stored = await store(rows);
        expect(stored.map(({ text, bytes }) => [text, Buffer.from(bytes).toString("hex")])).to.deep.equal(
          rows.map(({ text, bytes }) => [text, Buffer.from(bytes).toString("hex")]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("stores part of a longer buffer as that part alone", async () => {
    const [row] = await store([{ position: 0, text: "", bytes: Buffer.from("abcdef").subarray(2, 4) }]);
    expect(Buffer.from(row?.bytes ?? []).toString()).to.equal("cd");
  });

  it("stores times and truth values", async () => {
    const time = new Date("2026-02-28T23:59:59.123Z");
    const [row] = await insertRows(
      database.pool as never,
      "kept",
      [
        ["time", "timestamptz", () => time],
        ["flag", "bool", () => false],
      ],
      [0],
      "RETURNING time, flag",
    );
    expect(row).to.deep.equal({ time, flag: false });
  });

  it("refuses a list within a row, which would come apart", async () => {
    const failure = await insertRows(database.pool as never, "kept", [["text", "text", () => ["a"]]], [0]).catch(
      (error: Error) => error,
    );
    expect(failure).to.be.instanceOf(TypeError);
  });
});
