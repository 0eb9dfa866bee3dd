import { expect } from "chai";
import type { DomainError } from "../../backend/domain/errors.ts";
import type { Acceptor } from "../../backend/services/custody/acceptCustodyEvents.ts";
import { type Database, openDatabase } from "../../backend/storage/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { acceptorOn } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";
import { settle } from "./settle.ts";
import { startTcpFaultProxy, type TcpFaultProxy } from "./tcpFaultProxy.ts";

/** Faults 12, 14, 15, 16 and 18: the database goes away, answers late, gives up, or dies between doing and answering. */
describe("faults of the database", function () {
  this.timeout(60_000);
  let world: FaultWorld;
  let proxy: TcpFaultProxy;
  let database: Database;
  let acceptor: Acceptor;

  before(async () => {
    world = await startFaultWorld();
    await catchUp(followerOf(world.database, world.contract));
    proxy = await startTcpFaultProxy(Number(new URL(world.database.url).port));
  });
  beforeEach(() => open());
  afterEach(async () => {
    proxy.pass();
    await acceptor.close();
    await database.close();
  });
  after(async () => {
    await settle(world, world.database, relayerOf(world.database, world.contract));
    await expectWhole(world);
    await proxy.stop();
    await world.stop();
  });

  const open = (options: Parameters<typeof openDatabase>[1] = {}): void => {
    const url = new URL(world.database.url);
    url.port = String(proxy.port);
    database = openDatabase(url.href, options);
    acceptor = acceptorOn(database, world.contract);
  };
  const accept = (post: Post) => acceptor.accept(JSON.parse(post.body));
  const outcomeOf = (post: Post) => accept(post).catch((error: DomainError) => error.code);
  const rowsOf = async (posts: readonly Post[]): Promise<number> => {
    const { rows } = await world.database.pool.query(
      "SELECT count(*)::int AS n FROM accepted_event WHERE digest = ANY($1)",
      [posts.map(({ digest }) => digest)],
    );
    return rows[0].n;
  };

  const setForNewConnections = (setting: string) =>
    world.database.pool.query(`ALTER DATABASE ${new URL(world.database.url).pathname.slice(1)} SET ${setting}`);
  const reopen = async (): Promise<void> => {
    await acceptor.close();
    await database.close();
    open();
  };
  const deadlocks = async (): Promise<number> =>
    (
      await world.database.pool.query(
        "SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()",
      )
    ).rows[0].n;

  it("12: refuses by database-unavailable while it is away, and keeps what was promised before and after", async () => {
    const posts = await Promise.all(Array.from({ length: 6 }, () => world.mint()));
    const [first, second, ...others] = posts as [Post, Post, ...Post[]];
    const before = await accept(first);
    proxy.refuse();
    expect(await outcomeOf(second)).to.equal("database-unavailable");
    expect(await rowsOf(posts)).to.equal(1);
    proxy.pass();
    for (const post of [second, ...others]) expect((await accept(post)).state).to.equal("accepted");
    expect(await accept(first)).to.deep.equal(before);
    expect(await rowsOf(posts)).to.equal(posts.length);
  });

  it("14: answers with the stored receipt when the connection breaks after COMMIT was passed on", async () => {
    const post = await world.mint();
    await accept(await world.mint()); // a connection is there
    const cut = proxy.cutAfter("COMMIT");
    const outcome = await accept(post);
    await cut;
    const { rows } = await world.database.pool.query("SELECT receipt FROM accepted_event WHERE digest = $1", [
      post.digest,
    ]);
    expect(rows).to.deep.equal([{ receipt: outcome.receipt }]);
    expect(await accept(post)).to.deep.equal(outcome);
  });

  it("15: takes the whole of a transaction again that PostgreSQL ended to undo a deadlock", async () => {
    const { pool } = world.database;
    const post = await world.mint();
    await setForNewConnections("deadlock_timeout = '500ms'"); // looked for once: after theirs has begun to wait, and by ours
    await reopen();
    const other = await pool.connect();
    try {
      await other.query("SET deadlock_timeout = '20s'");
      await other.query("BEGIN");
      await other.query(
        `INSERT INTO accepted_event SELECT $1, 'mint', 1, '{}', 0, now(), '{}', 1 + coalesce(max(position), 0) FROM accepted_event`,
        [post.digest],
      );
      const outcome = accept(post); // has the counter, and waits for that digest
      await waitUntil("ours waits for theirs", async () => {
        const { rows } = await pool.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        return rows.length > 0;
      });
      await other.query("SELECT next FROM accept_counter WHERE id = 1 FOR UPDATE");
      await other.query("ROLLBACK");
      expect((await outcome).state).to.equal("accepted");
    } finally {
      other.release(true);
      await setForNewConnections("deadlock_timeout = DEFAULT");
    }
    await reopen(); // a connection that ends tells the statistics what it met
    await waitUntil("the deadlock is counted", async () => (await deadlocks()) === 1);
    expect(await rowsOf([post])).to.equal(1);
  });

  it("15: takes it again, a bounded number of times, where it could not be serialized", async () => {
    const { pool } = world.database;
    await pool.query("CREATE SEQUENCE failures");
    const failing = async (times: number): Promise<void> => {
      // A sequence counts on when its transaction is rolled back.
      await pool.query(`SELECT setval('failures', 1, false)`);
      await pool.query(
        `CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('failures') <= ${times} THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '40001'; END IF;
           RETURN NEW; END $$`,
      );
    };
    await failing(2);
    await pool.query("CREATE TRIGGER fail BEFORE INSERT ON accepted_event FOR EACH ROW EXECUTE FUNCTION fail()");
    try {
      const [post, hopeless] = [await world.mint(), await world.mint()];
      expect((await accept(post)).state).to.equal("accepted");
      await failing(1_000);
      expect(await outcomeOf(hopeless)).to.equal("database-unavailable");
      expect(await rowsOf([post, hopeless])).to.equal(1);
      const { rows } = await pool.query("SELECT last_value::int AS tries FROM failures");
      expect(rows).to.deep.equal([{ tries: 3 }]);
    } finally {
      await pool.query("DROP TRIGGER fail ON accepted_event; DROP FUNCTION fail; DROP SEQUENCE failures");
    }
  });

  it("16: refuses by database-unavailable, and does not wait for ever, when no connection is to be had", async () => {
    await acceptor.close();
    await database.close();
    open({ maxConnections: 1, connectTimeoutMs: 200 });
    const held = await database.pool.connect();
    const post = await world.mint();
    try {
      expect(await outcomeOf(post)).to.equal("database-unavailable");
    } finally {
      held.release();
    }
    expect((await accept(post)).state).to.equal("accepted");
  });

  it("18: is slower, and no more, when every packet comes late", async () => {
    proxy.delay(100);
    const posts = await Promise.all(Array.from({ length: 20 }, () => world.mint()));
    const outcomes = await Promise.all(posts.map(accept));
    expect(outcomes.map(({ state }) => state)).to.deep.equal(posts.map(() => "accepted"));
    expect(await rowsOf(posts)).to.equal(posts.length);
  });
});
