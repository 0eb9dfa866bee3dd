import { expect } from "chai";
import type { SignedDataRecord } from "../../backend/domain/anchors/dataRecord.ts";
import { judgeInclusion } from "../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../backend/domain/anchors/recordLeaf.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { createAnchorTrees } from "../../backend/services/anchors/anchorTrees.ts";
import { inTransaction } from "../../backend/storage/database.ts";
import type { Follower } from "../../backend/workers/follower.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type Member, newPassportId, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { acceptRecords, anchoringRelayerOf, findManifests, signRecord } from "./anchorFixture.ts";
import { catchUp, followerOf } from "./followerFixture.ts";
import { accept, type TestRelayer } from "./relayerFixture.ts";

describe("anchorSealing", () => {
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let follower: Follower;
  let publisher: Member;
  let lab: Member;

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    publisher = await contract.admit(1, ["OPERATOR", "PRODUCER", "CUSTODIAN"]);
    lab = await contract.admit(2, ["TEST_LAB"]);
    await chain.rpc("anvil_mine", "0x8");
  });
  after(() => chain.stop());

  let snapshot: string;
  beforeEach(async () => {
    snapshot = await chain.rpc("evm_snapshot");
    database = await createDatabase();
    follower = followerOf(database, contract);
    await catchUp(follower);
  });
  afterEach(async () => {
    await database.drop();
    await chain.rpc("evm_setAutomine", true);
    await chain.rpc("evm_revert", snapshot);
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const relayer = (changed: Parameters<typeof anchoringRelayerOf>[3] = {}): TestRelayer =>
    anchoringRelayerOf(database, contract, publisher, changed);
  const records = (count: number): SignedDataRecord[] =>
    Array.from({ length: count }, () => signRecord(contract, lab, newPassportId(1)));
  const acceptAll = (list: readonly SignedDataRecord[]): Promise<Hash[]> => acceptRecords(database, contract, list);
  const states = async (): Promise<unknown[]> =>
    (await query("SELECT state FROM data_record ORDER BY position")).map((row) => row.state);
  const seal = (one: TestRelayer): Promise<boolean> => one.options.sealAnchor();

  const drain = async (one: TestRelayer): Promise<void> => {
    await waitUntil("every data record is anchored and nothing is under way", async () => {
      await one.step();
      await follower.step();
      await findManifests(database, contract);
      const [row] = await query(
        `SELECT (SELECT count(*) FROM data_record WHERE state = 'open')
           + (SELECT count(*) FROM accepted_item WHERE state = 'open')
           + (SELECT count(*) FROM submission WHERE state IN ('sealed', 'submitted')) AS left`,
      );
      return Number(row?.left) === 0;
    });
  };
  /** Every record stands in one anchor of the chain, and its proof holds. */
  const expectAnchoredOnce = async (digests: readonly Hash[]): Promise<void> => {
    const leaves = await query("SELECT * FROM anchored_record JOIN chain_anchor USING (publisher, sequence)");
    expect(leaves.map((leaf) => leaf.digest)).to.have.members([...digests]);
    const trees = createAnchorTrees();
    for (const leaf of leaves as never as {
      publisher: number;
      sequence: number;
      accumulator: Hash;
      leaf_index: number;
      digest: Hash;
      root: Hash;
      count: number;
    }[]) {
      const proof = await inTransaction(database.pool, (tx) => trees.prove(tx, leaf, leaf.leaf_index));
      const claim = { leaf: recordLeaf(leaf.publisher, leaf.digest), index: leaf.leaf_index, size: leaf.count };
      expect(judgeInclusion({ ...claim, proof, root: leaf.root })).to.equal(null);
    }
  };

  it("anchors what waits, in the order of acceptance, with its manifest for others to fetch", async () => {
    const first = await acceptAll(records(1));
    const second = await acceptAll(records(2));
    await drain(relayer());
    await expectAnchoredOnce([...first, ...second]);
    const [leaf] = await query("SELECT digest FROM anchored_record ORDER BY leaf_index LIMIT 1");
    expect(leaf?.digest).to.equal(first[0]);
    expect(await query("SELECT hash FROM content_outbox JOIN content_block USING (hash)")).to.have.length(2);
    expect(await states()).to.deep.equal(["anchored", "anchored", "anchored"]);
  });

  it("waits for company until the oldest record has waited long enough", async () => {
    await acceptAll(records(3));
    expect(await seal(relayer({ maxWaitSeconds: 60 }))).to.equal(false);
    await database.pool.query("UPDATE data_record SET accepted_at = now() - interval '61 seconds' WHERE position = 1");
    expect(await seal(relayer({ maxWaitSeconds: 60 }))).to.equal(true);
    expect(await query("SELECT 1 FROM submission_event")).to.have.length(3);
  });

  it("seals each record once: what is in flight is not taken again", async () => {
    const one = relayer();
    await acceptAll(records(2));
    expect(await seal(one)).to.equal(true);
    expect(await seal(one)).to.equal(false);
    await acceptAll(records(1));
    expect(await seal(one)).to.equal(true);
    const [first, second] = await query(
      "SELECT prev_accumulator, accumulator FROM sealed_anchor ORDER BY submission_id",
    );
    expect(second?.prev_accumulator).to.equal(first?.accumulator);
    await drain(one);
    expect(await query("SELECT sequence FROM chain_anchor ORDER BY sequence")).to.deep.equal([
      { sequence: 0 },
      { sequence: 1 },
    ]);
    expect(one.alarms).to.deep.equal([]);
  });

  it("sends the very same bytes after it died between sealing and sending, and anchors once", async () => {
    const digests = await acceptAll(records(2));
    const dying = relayer();
    expect(await dying.step()).to.equal("progress"); // sealed, nothing sent
    const [sealed] = await query("SELECT encode(calldata, 'hex') AS calldata FROM submission");
    const next = relayer();
    await drain(next);
    expect(await query("SELECT encode(calldata, 'hex') AS calldata FROM submission")).to.deep.equal([sealed]);
    await expectAnchoredOnce(digests);
  });

  it("brings back what a reorganisation removed, by the same bytes", async () => {
    const digests = await acceptAll(records(2));
    const one = relayer();
    await drain(one);
    await chain.rpc("anvil_reorg", 1, []);
    await catchUp(follower);
    expect(await states()).to.deep.equal(["open", "open"]);
    expect(await query("SELECT 1 FROM anchored_record")).to.have.length(0);
    await drain(one);
    await expectAnchoredOnce(digests);
    expect(await query("SELECT 1 FROM submission")).to.have.length(1);
    expect(await query("SELECT 1 FROM attempt")).to.have.length(1);
  });

  it("takes the records of an overtaken anchor, and of those behind it, into a new one that follows the chain", async () => {
    await chain.rpc("evm_setAutomine", false);
    const overtaken = await acceptAll(records(2));
    const one = relayer();
    await seal(one);
    const behind = await acceptAll(records(1));
    await seal(one);
    // The same publisher's key at work on another database lands first.
    const rival = await createDatabase();
    try {
      const rivalFollower = followerOf(rival, contract);
      await catchUp(rivalFollower);
      const other = anchoringRelayerOf(rival, contract, publisher, {});
      await acceptRecords(rival, contract, records(1));
      await seal(other);
      const [{ calldata } = {}] = (await rival.pool.query("SELECT calldata FROM submission")).rows;
      const sent = contract.send(`0x${(calldata as Buffer).toString("hex")}`);
      await waitUntil("the rival's transaction waits in the pool", async () => {
        const status = await chain.rpc<{ pending: string }>("txpool_status");
        return Number(status.pending) > 0;
      });
      await chain.rpc("evm_mine");
      await sent;
    } finally {
      await rival.drop();
    }
    await chain.rpc("evm_setAutomine", true);
    await waitUntil("both anchors have failed", async () => {
      await one.step();
      await catchUp(follower);
      const failed = await query("SELECT 1 FROM submission WHERE state = 'failed'");
      return failed.length === 2;
    });
    expect(await states()).to.deep.equal(["open", "open", "open"]);
    await drain(one);
    expect(one.alarms.map(({ code }) => code)).to.include("transaction-reverted");
    const anchored = await query("SELECT digest FROM anchored_record WHERE sequence = 1 ORDER BY leaf_index");
    expect(anchored.map(({ digest }) => digest)).to.have.members([...overtaken, ...behind]);
  });

  it("says so and sends nothing while its key may not publish, and goes on when it may", async () => {
    const digests = await acceptAll(records(1));
    const stranger = anchoringRelayerOf(database, contract, lab);
    expect(await stranger.step()).to.equal("idle");
    expect(stranger.alarms.map(({ code }) => code)).to.deep.equal(["publisher-unknown"]);
    expect(await query("SELECT 1 FROM submission")).to.have.length(0);
    await drain(relayer());
    await expectAnchoredOnce(digests);
  });

  it("takes turns with custody events, where both wait", async () => {
    const one = relayer();
    await acceptAll(records(1));
    const items = [{ passportId: newPassportId(1) }];
    await accept(database, contract, await contract.sign({ kind: "mint", actor: publisher }, items));
    expect(await one.step()).to.equal("progress");
    await acceptAll(records(1)); // more has come before the next is sealed
    await drain(one);
    const kinds = (await query("SELECT kind FROM submission ORDER BY id")).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["anchor", "events", "anchor"]);
  });
});
