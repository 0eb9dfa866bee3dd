import { expect } from "chai";
import type { FailpointName } from "../../backend/domain/failpoint.ts";
import { drains, expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";

/** Faults 1 to 6: a real process ends by force between two durable steps, and the next one finds everything whole. */
describe("faults: killed between two steps", function () {
  this.timeout(120_000);
  let world: FaultWorld;
  const posted: Post[] = [];

  before(async () => {
    world = await startFaultWorld();
  });
  afterEach(() => world.killAll());
  after(() => world.stop());

  /** An operator that ends at the failpoint while it works on a new mint; answers what the client saw. */
  const dieAt = async (killAt: FailpointName) => {
    const operator = await world.operator({ KILL_AT: killAt });
    const post = await world.mint();
    posted.push(post);
    const reply = await operator.post(post);
    expect(await operator.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
    return { post, reply };
  };
  /** The next operator, to which the client repeats its request. */
  const repeat = async (post: Post) => {
    const operator = await world.operator();
    const reply = await operator.post(post);
    expect(reply?.status, reply?.text).to.equal(202);
    await drains(world, posted);
    await operator.kill();
    await expectWhole(world);
    return reply;
  };
  const rows = async (digest: string) =>
    (await world.database.pool.query("SELECT receipt FROM accepted_event WHERE digest = $1", [digest])).rows;

  it("1: before COMMIT: the client sees a broken connection, no row is there, and the repeat is accepted", async () => {
    const { post, reply } = await dieAt("accept.beforeCommit");
    expect(reply).to.equal(null);
    expect(await rows(post.digest)).to.deep.equal([]);
    await repeat(post);
  });

  it("2: after COMMIT: the row is there, and the repeat gets the receipt that was stored", async () => {
    const { post, reply } = await dieAt("accept.afterCommit");
    expect(reply).to.equal(null);
    const [stored] = await rows(post.digest);
    expect((await repeat(post))?.json.receipt).to.deep.equal(stored.receipt);
    expect(await rows(post.digest)).to.have.length(1);
  });

  it("3: after sealing: the next one sends the very batch that was sealed", async () => {
    const { post } = await dieAt("seal.afterCommit");
    const sealed = await submissionOf(post.digest);
    await repeat(post);
    expect(await submissionOf(post.digest)).to.deep.equal(sealed);
  });

  it("4: after storing an attempt, before sending it: the very same bytes are sent", async () => {
    const { post } = await dieAt("send.before");
    const before = await attemptsOf(post.digest);
    expect(before).to.have.length(1);
    await repeat(post);
    expect(await attemptsOf(post.digest)).to.deep.equal(before);
  });

  it("5: after sending, before noting so: sent once more, it is the same transaction", async () => {
    const { post } = await dieAt("send.after");
    const before = await attemptsOf(post.digest);
    await repeat(post);
    expect(await attemptsOf(post.digest)).to.deep.equal(before);
  });

  it("6: in the middle of the follower's transaction: cursor and rows go back together", async () => {
    await dieAt("index.mid");
    const { rows: ahead } = await world.database.pool.query(
      "SELECT count(*)::int AS n FROM chain_custody_step, chain_cursor WHERE block_number > head_number",
    );
    expect(ahead[0].n).to.equal(0);
    await repeat(posted.at(-1) as Post);
  });

  async function submissionOf(digest: string) {
    const { rows: found } = await world.database.pool.query(
      `SELECT s.id, encode(s.calldata, 'hex') AS calldata FROM submission s JOIN submission_event e
       ON e.submission_id = s.id WHERE e.digest = $1`,
      [digest],
    );
    return found;
  }
  async function attemptsOf(digest: string) {
    const { rows: found } = await world.database.pool.query(
      `SELECT a.nonce, a.tx_hash FROM attempt a JOIN submission_event e ON e.submission_id = a.submission_id
       WHERE e.digest = $1`,
      [digest],
    );
    return found;
  }
});
