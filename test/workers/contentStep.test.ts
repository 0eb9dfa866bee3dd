import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import { canonicalBytes } from "../../backend/domain/records/canonicalJson.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { openContentQueues } from "../../backend/storage/contentQueues.ts";
import { createContentStep, type ReadBlock } from "../../backend/workers/contentStep.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

const uid = normaliseUid("urn:battery:pack-1");
const subject = passportIdOf(7, uid);
const mint = buildRecord("mint/1", { subject, uid }, (size) => randomBytes(size));

describe("contentStep", () => {
  let database: TestDatabase;
  let problems: string[];
  beforeEach(async () => {
    database = await createDatabase();
    problems = [];
  });
  afterEach(() => database.drop());

  const run = (sources: readonly ReadBlock[], putBlock = async (bytes: Uint8Array) => recordHash(bytes)) =>
    createContentStep({
      queues: openContentQueues(database.pool),
      putBlock,
      sources,
      onProblem: (error) => problems.push((error as { code: string }).code),
    })();
  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const miss = (hash: Hash) => database.pool.query("INSERT INTO missing_record (hash) VALUES ($1)", [hash]);

  it("fetches a missing record from the first source that has it, and reads the identifier of a mint", async () => {
    await miss(mint.hash);
    await run([async () => null, async (hash) => (hash === mint.hash ? mint.bytes : null)]);
    expect(await query("SELECT passport_id, uid FROM identifier")).to.deep.equal([{ passport_id: subject, uid }]);
    const [stored] = await query("SELECT hash, bytes, type, subject FROM record");
    expect(stored).to.deep.equal({ hash: mint.hash, bytes: Buffer.from(mint.bytes), type: "mint/1", subject });
    expect(await query("SELECT 1 FROM missing_record")).to.have.length(0);
    expect(problems).to.deep.equal([]);
  });

  it("refuses other bytes than the hash names, and asks the next source", async () => {
    await miss(mint.hash);
    await run([
      async () => new Uint8Array([1]),
      () => Promise.reject({ code: "block-unavailable" }),
      async () => mint.bytes,
    ]);
    expect(problems).to.deep.equal(["block-hash-mismatch", "block-unavailable"]);
    expect(await query("SELECT 1 FROM record")).to.have.length(1);
  });

  it("refuses bytes that are no record, and a record that shows what must be withheld", async () => {
    const noise = canonicalBytes({ hello: "world" });
    const leak = canonicalBytes({ ...mint.record, stateOfHealth: "0.8" });
    await miss(recordHash(noise));
    await miss(recordHash(leak));
    const blocks = new Map([noise, leak].map((bytes) => [recordHash(bytes), bytes]));
    await run([async (hash) => blocks.get(hash) ?? null]);
    expect(problems.sort()).to.deep.equal(["record-field-not-public", "sd-algorithm-unknown"]);
    expect(await query("SELECT 1 FROM record")).to.have.length(0);
    expect(await query("SELECT attempts FROM missing_record")).to.deep.equal([{ attempts: 1 }, { attempts: 1 }]);
  });

  it("asks again only after a pause", async () => {
    await miss(mint.hash);
    let asked = 0;
    const source: ReadBlock = async () => {
      asked++;
      return null;
    };
    await run([source]);
    await run([source]);
    expect(asked).to.equal(1);
    await database.pool.query("UPDATE missing_record SET next_attempt_at = now()");
    await run([source]);
    expect(asked).to.equal(2);
  });

  it("puts records out until storage took them under their own hash", async () => {
    await miss(mint.hash);
    await run([async () => mint.bytes]);
    await database.pool.query("INSERT INTO content_outbox (hash) VALUES ($1)", [mint.hash]);
    await run([], () => Promise.reject({ code: "block-unavailable" }));
    await database.pool.query("UPDATE content_outbox SET next_attempt_at = now()");
    await run([], async () => `0x${"00".repeat(32)}` as Hash);
    expect(problems).to.deep.equal(["block-unavailable", "block-hash-mismatch"]);
    expect(await query("SELECT 1 FROM content_outbox")).to.have.length(1);
    await database.pool.query("UPDATE content_outbox SET next_attempt_at = now()");
    await run([]);
    expect(await query("SELECT 1 FROM content_outbox")).to.have.length(0);
  });
});
