import { expect } from "chai";
import type { DomainError } from "../../backend/domain/errors.ts";
import type { Acceptor } from "../../backend/services/custody/acceptCustodyEvents.ts";
import { type Database, openDatabase } from "../../backend/storage/database.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { acceptorOn } from "./acceptPost.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";
import { startTcpFaultProxy, type TcpFaultProxy } from "./tcpFaultProxy.ts";

/** Faults 12, 14, 16 and 18: the database goes away, answers late, or dies between doing and answering. */
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
