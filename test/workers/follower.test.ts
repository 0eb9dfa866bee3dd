import { expect } from "chai";
import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import type { Hex, PassportId } from "../../backend/domain/types.ts";
import { contractInterface } from "../chain/contractInterface.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type Member, newPassportId, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { catchUp, dumpProjection, followerOf } from "./followerFixture.ts";

describe("follower", () => {
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let producer: Member;
  let fleet: Member;

  beforeEach(async () => {
    chain = await startTestChain();
    database = await createDatabase();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN", "REGULATOR"]);
    fleet = await contract.admit(2, ["CUSTODIAN", "RECYCLER"]);
  });
  afterEach(async () => {
    await database.drop();
    await chain.stop();
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const follow = (): Promise<void> => catchUp(followerOf(database, contract));

  const mint = async (...ids: PassportId[]): Promise<SignedCustodyEvent> => {
    const items = ids.map((passportId) => ({ passportId }));
    const event = await contract.sign({ kind: "mint", actor: producer }, items);
    await contract.submit(event);
    return event;
  };
  const handOver = async (before: SignedCustodyEvent, declined = 0n): Promise<SignedCustodyEvent> => {
    const heads = contract.headsOf(before);
    const items = before.items.map((item, i) => ({ ...item, prevHead: heads[i]! }));
    const event = await contract.sign({ kind: "handover", actor: producer, receiver: fleet, declined }, items);
    await contract.submit(event);
    return event;
  };
  const expectSameAsFresh = async (): Promise<void> => {
    const fresh = await createDatabase();
    try {
      await catchUp(followerOf(fresh, contract));
      expect(await dumpProjection(database)).to.deep.equal(await dumpProjection(fresh));
    } finally {
      await fresh.drop();
    }
  };

  it("follows participants, mints, partly declined handovers and closures as the contract applied them", async () => {
    const minted = await mint(newPassportId(1), newPassportId(1), newPassportId(1));
    const handed = await handOver(minted, 0b010n);
    const heads = contract.headsOf(handed);
    const closed = await contract.sign({ kind: "closure", actor: fleet }, [
      { ...handed.items[0]!, prevHead: heads[0]! },
    ]);
    await contract.submit(closed);
    await follow();
    const passports = await query("SELECT id, head, custodian, phase, moved, length FROM chain_passport ORDER BY id");
    const mintedHeads = contract.headsOf(minted);
    const [a, b, c] = minted.items.map((item) => item.passportId);
    expect(passports).to.deep.equal([
      { id: a, head: contract.headsOf(closed)[0], custodian: 2, phase: "closed", moved: true, length: 3 },
      { id: b, head: mintedHeads[1], custodian: 1, phase: "active", moved: false, length: 1 },
      { id: c, head: heads[2], custodian: 2, phase: "active", moved: true, length: 2 },
    ]);
    expect(await query("SELECT id, active FROM chain_participant ORDER BY id")).to.deep.equal([
      { id: 1, active: true },
      { id: 2, active: true },
    ]);
    expect(await query("SELECT hash FROM missing_record")).to.deep.equal([{ hash: `0x${"ab".repeat(32)}` }]);
    await expectSameAsFresh();
  });

  it("notes a rejection and leaves the passport alone", async () => {
    const minted = await mint(newPassportId(1));
    const stale = await contract.sign(
      { kind: "closure", actor: fleet },
      minted.items.map((item) => ({ ...item })),
    );
    await contract.submit(stale);
    await follow();
    const rejections = await query("SELECT item_index, reason FROM chain_rejection");
    expect(rejections).to.have.length(1);
    expect(await query("SELECT phase, length FROM chain_passport")).to.deep.equal([{ phase: "active", length: 1 }]);
  });

  it("follows holds and releases, undoes them with their block, and passes by anchors", async () => {
    const operator = await contract.admit(3, ["OPERATOR"]);
    const [passportId] = (await mint(newPassportId(1))).items.map((item) => item.passportId);
    await chain.rpc("anvil_mine", "0x6");
    const now = await contract.now();
    const hash = `0x${"cd".repeat(32)}`;
    const domain = {
      name: "BatteryPassport",
      version: "1",
      chainId: contract.chainId,
      verifyingContract: contract.contract,
    };
    const act = async (
      fn: string,
      type: string,
      fields: readonly (readonly [string, string, unknown])[],
      by: Member,
    ) => {
      const types = { [type]: fields.map(([field, name]) => ({ name, type: field })) };
      const message = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
      const signature = await by.wallet.signTypedData(domain, types, message);
      const values = [...fields.map(([, , value]) => value), signature];
      await contract.send(contractInterface.encodeFunctionData(fn, values) as Hex);
    };
    const held = async (): Promise<unknown> => (await query("SELECT held FROM chain_passport"))[0]?.held;
    const subject = [
      ["bytes20", "passportId", passportId],
      ["uint24", "regulator", 1],
      ["uint32", "counter", 1],
    ] as const;
    const reason = [
      ["bytes32", "reasonHash", hash],
      ["uint40", "deadline", now + 3600],
    ] as const;
    await act("hold", "Hold", [...subject, ["uint40", "until", now + 86_400], ...reason], producer);
    await follow();
    expect(await held()).to.equal(true);
    await act("release", "Release", [...subject, ...reason], producer);
    await act(
      "anchor",
      "Anchor",
      [
        ["uint24", "publisher", 3],
        ["bytes32", "root", hash],
        ["uint32", "count", 5],
        ["bytes32", "manifestHash", hash],
        ["bytes32", "prevAccumulator", `0x${"00".repeat(32)}`],
      ],
      operator,
    );
    await follow();
    expect(await held()).to.equal(false);
    expect(await query("SELECT held, counter::int, regulator FROM chain_hold ORDER BY block_number")).to.deep.equal([
      { held: true, counter: 1, regulator: 1 },
      { held: false, counter: 1, regulator: 1 },
    ]);
    await chain.rpc("anvil_reorg", 2, []);
    await follow();
    expect(await held()).to.equal(true);
    await expectSameAsFresh();
  });

  it("keeps whole what a killed chain brings back shorter than its saved state", async () => {
    await mint(newPassportId(1));
    await chain.rpc("anvil_mine", "0x6");
    const saved = await chain.rpc<string>("anvil_dumpState");
    await mint(newPassportId(1));
    await follow();
    const port = Number(new URL(chain.url).port);
    await chain.kill();
    chain = await startTestChain({ port });
    await chain.rpc("anvil_loadState", saved);
    await follow();
    expect(await query("SELECT id FROM chain_passport")).to.have.length(1);
    await mint(newPassportId(1));
    await follow();
    expect(await query("SELECT id FROM chain_passport")).to.have.length(2);
    await expectSameAsFresh();
  });

  for (const depth of [1, 3]) {
    it(`undoes ${depth} orphaned block(s) and follows the new branch`, async () => {
      const minted = await mint(newPassportId(1));
      await chain.rpc("anvil_mine", "0x6");
      await handOver(minted);
      await mint(newPassportId(1));
      await mint(newPassportId(1));
      await follow();
      expect(await query("SELECT id FROM chain_passport")).to.have.length(3);
      await chain.rpc("anvil_reorg", depth, []);
      await follow();
      expect(await query("SELECT id FROM chain_passport")).to.have.length(depth === 1 ? 2 : 1);
      expect((await query("SELECT custodian FROM chain_passport ORDER BY id"))[0]).to.deep.equal({
        custodian: depth === 3 ? 1 : 2,
      });
      await mint(newPassportId(1));
      await follow();
      await expectSameAsFresh();
    });
  }

  it("goes back when the chain has become shorter, but not at the first sighting", async () => {
    await mint(newPassportId(1));
    await chain.rpc("anvil_mine", "0x6");
    await mint(newPassportId(1));
    await follow();
    await chain.rpc("anvil_rollback", 1);
    const follower = followerOf(database, contract);
    expect(await follower.step()).to.equal("idle");
    expect(await query("SELECT id FROM chain_passport")).to.have.length(2);
    await catchUp(follower);
    expect(await query("SELECT id FROM chain_passport")).to.have.length(1);
    await chain.rpc("anvil_mine", "0x2"); // what was final stays so; a fresh follower must reach the same block
    await follow();
    await expectSameAsFresh();
  });

  it("halts when the chain contradicts what was final, and undoes nothing", async () => {
    await mint(newPassportId(1));
    await mint(newPassportId(1));
    await chain.rpc("anvil_mine", "0x6");
    await follow();
    const before = await dumpProjection(database);
    await chain.rpc("anvil_reorg", 8, []);
    const error = await follow().then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).to.include({ code: "deep-reorg" });
    expect(await dumpProjection(database)).to.deep.equal(before);
  });

  it("waits while the chain ends below what was final, and halts when it stays so", async () => {
    await mint(newPassportId(1));
    await chain.rpc("anvil_mine", "0x8");
    await follow();
    const before = await dumpProjection(database);
    await chain.rpc("anvil_rollback", 6);
    const follower = followerOf(database, contract);
    expect([await follower.step(), await follower.step()]).to.deep.equal(["idle", "idle"]);
    const error = await follower.step().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "deep-reorg" });
    expect(await dumpProjection(database)).to.deep.equal(before);
  });

  it("never takes back what it called final, whatever a tag says", async () => {
    await mint(newPassportId(1));
    await chain.rpc("anvil_mine", "0x8");
    await follow();
    const [cursor] = await query("SELECT head_number, safe_number, finalized_number FROM chain_cursor");
    expect(cursor).to.deep.equal({
      head_number: cursor!.head_number,
      safe_number: (cursor!.head_number as number) - 2,
      finalized_number: (cursor!.head_number as number) - 4,
    });
  });

  it("continues after it was ended anywhere, and two followers on one database agree", async () => {
    const minted = await mint(newPassportId(1), newPassportId(1));
    await handOver(minted);
    const first = followerOf(database, contract);
    await first.step();
    const [one, two] = [followerOf(database, contract), followerOf(database, contract)];
    const outcomes = await Promise.allSettled([catchUp(one), catchUp(two)]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).to.include({ code: "cursor-moved" });
    }
    await follow();
    await expectSameAsFresh();
  });

  it("refuses a database that follows another contract", async () => {
    await follow();
    const other = await deployTestContract(chain);
    const error = await catchUp(followerOf(database, other)).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).to.include({ code: "deployment-differs" });
  });
});
