import { expect } from "chai";
import type { Address, Hash } from "../../backend/domain/types.ts";
import { inTransaction } from "../../backend/storage/database.ts";
import { type Leadership, seekLeadership } from "../../backend/storage/leadership.ts";
import { openSubmissions } from "../../backend/storage/submissions.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";

const SENDER = `0x${"5e".repeat(20)}` as Address;
const SEALED = { kind: "events", calldata: new Uint8Array([1]), gasLimit: 1, digests: [] } as const;

describe("leadership", () => {
  let database: TestDatabase;
  let one: Leadership;
  let two: Leadership;
  beforeEach(async () => {
    database = await createDatabase();
    one = seekLeadership(database.url, "relayer");
    two = seekLeadership(database.url, "relayer");
  });
  afterEach(async () => {
    await Promise.all([one.release(), two.release()]);
    await waitUntil("no leader is connected", async () => (await leaders()).length === 0);
    await database.drop();
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const leaders = () =>
    query(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'battery-passport %er' AND datname = current_database()",
    );
  const storeOf = (leadership: Leadership) => openSubmissions(database.pool, SENDER, leadership.fence);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "done",
      (error) => error.code,
    );
  /** As if the leader had given no sign for a minute: stopped, or cut off from a server that does not know it. */
  const silence = () => query("UPDATE leader_epoch SET seen_at = now() - interval '1 minute' WHERE id = 1");

  it("is one process's at a time, and each time in office has the next number", async () => {
    expect([await one.hold(), await two.hold()]).to.deep.equal([true, false]);
    await storeOf(one).seal(SEALED);
    await one.release();
    await waitUntil("the other leads", () => two.hold());
    await storeOf(two).seal(SEALED);
    expect(await query("SELECT epoch FROM submission ORDER BY id")).to.deep.equal([{ epoch: "1" }, { epoch: "2" }]);
  });

  it("passes from a leader that gives no sign, whose writes are refused from then on", async () => {
    await one.hold();
    const store = storeOf(one);
    const id = await store.seal(SEALED);
    expect(await two.hold()).to.equal(false);
    await silence();
    await waitUntil("the other leads", () => two.hold());
    const attempt = {
      number: 1,
      sender: SENDER,
      nonce: 0,
      raw: new Uint8Array(),
      hash: "0x" as Hash,
      maxFee: 1n,
      priorityFee: 1n,
    };
    const writes = [
      () => store.seal(SEALED),
      () => store.sealNothing(1, attempt),
      () => store.storeAttempt(id, attempt),
      () => store.markSent("0x" as Hash),
      () => store.setState(id, "mined", 1),
    ];
    for (const write of writes) expect(await codeOf(write())).to.equal("leadership-lost");
    expect(await query("SELECT state FROM submission")).to.deep.equal([{ state: "sealed" }]);
    expect(await query("SELECT 1 FROM attempt")).to.have.length(0);
  });

  it("stays with a leader that shows that it lives", async () => {
    let now = 0;
    one = seekLeadership(database.url, "relayer", () => now);
    await one.hold();
    await silence();
    now += 60_000;
    expect([await one.hold(), await two.hold(), await one.hold()]).to.deep.equal([true, false, true]);
  });

  it("is apart for each office", async () => {
    const follower = seekLeadership(database.url, "follower");
    expect([await one.hold(), await follower.hold()]).to.deep.equal([true, true]);
    await follower.release();
  });

  it("tells every process what keeps the leader from its work, until it works again or another leads", async () => {
    const trouble = async () => (await query("SELECT trouble FROM leader_epoch WHERE id = 1"))[0]?.trouble;
    await one.hold();
    await one.note("relayer-unfunded");
    expect(await trouble()).to.equal("relayer-unfunded");
    await one.note(null);
    expect(await trouble()).to.equal(null);
    await one.note("relayer-unfunded");
    await one.release();
    await waitUntil("the other leads", () => two.hold());
    expect(await trouble()).to.equal(null);
  });

  it("is known to be lost at the next sign of life", async () => {
    let now = 0;
    one = seekLeadership(database.url, "relayer", () => now);
    await one.hold();
    await query("UPDATE leader_epoch SET epoch = epoch + 1");
    expect(await one.hold()).to.equal(true); // it asks once a second; its writes are refused already
    expect(await codeOf(inTransaction(database.pool, one.fence))).to.equal("leadership-lost");
    now += 1_000;
    expect(await one.hold()).to.equal(true); // nobody else led: it takes the next number
    expect(await query("SELECT epoch FROM leader_epoch WHERE id = 1")).to.deep.equal([{ epoch: "3" }]);
  });

  it("passes only between two writes, never within one", async () => {
    await one.hold();
    await silence();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const writing = inTransaction(database.pool, async (tx) => {
      await one.fence(tx);
      await held;
    });
    await waitUntil("the write has begun", async () => {
      const rows = await query(
        "SELECT 1 FROM pg_locks WHERE relation = 'leader_epoch'::regclass AND mode = 'RowShareLock'",
      );
      return rows.length > 0;
    });
    let passed = false;
    const taking = waitUntil("the other leads", () => two.hold()).then(() => {
      passed = true;
    });
    await waitUntil("the other waits", async () => {
      const rows = await query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      );
      return rows.length > 0;
    });
    expect(passed).to.equal(false);
    letGo();
    await Promise.all([writing, taking]);
  });
});
