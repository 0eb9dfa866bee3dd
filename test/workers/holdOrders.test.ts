import { expect } from "chai";
import { type HoldOrder, holdOrderDigest } from "../../backend/domain/custody/holds.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import { acceptHoldOrder } from "../../backend/services/holds/acceptHoldOrder.ts";
import type { Follower } from "../../backend/workers/follower.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type Member, newPassportId, signDigest, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { catchUp, followerOf } from "./followerFixture.ts";
import { accept, relayerOf, type TestRelayer } from "./relayerFixture.ts";

const DAY = 24 * 3600;

describe("the relayer, given holds and releases", () => {
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let follower: Follower;
  let relayer: TestRelayer;
  let producer: Member;
  let fleet: Member;
  let regulator: Member;
  let passportId: PassportId;

  before(async () => {
    chain = await startTestChain();
    database = await createDatabase();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"]);
    fleet = await contract.admit(2, ["CUSTODIAN"]);
    regulator = await contract.admit(3, ["REGULATOR"]);
    follower = followerOf(database, contract);
    relayer = relayerOf(database, contract);
    passportId = newPassportId(1);
    const mint = await contract.sign({ kind: "mint", actor: producer }, [{ passportId }]);
    await catchUp(follower);
    await accept(database, contract, mint);
    await until("the pack is minted", "SELECT 1 FROM chain_passport");
  });
  after(async () => {
    await database.drop();
    await chain.stop();
  });

  const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const until = (what: string, sql: string): Promise<void> =>
    waitUntil(what, async () => {
      await relayer.step();
      await follower.step();
      return (await rows(sql)).length > 0;
    });
  const now = async (): Promise<number> => Number((await rows("SELECT head_time FROM chain_cursor"))[0]?.head_time);
  const order = async (terms: Pick<HoldOrder, "kind" | "counter">): Promise<Hash> => {
    const time = await now();
    const common = { passportId, regulator: 3, reasonHash: `0x${"ab".repeat(32)}` as Hash, deadline: time + DAY };
    const whole = { ...common, ...terms, ...(terms.kind === "hold" ? { until: time + 9 * DAY } : {}) } as HoldOrder;
    const digest = holdOrderDigest(contract.separator, whole);
    const dependencies = { database, separator: contract.separator, recoverSigner, now: () => time };
    await acceptHoldOrder(dependencies, { order: whole, signature: signDigest(regulator.wallet, digest) });
    return digest;
  };

  it("puts a hold on chain before an event that waits, which the contract then rejects as held", async () => {
    const [{ head } = { head: "" }] = await rows("SELECT head FROM chain_passport");
    const items = [{ passportId, prevHead: head as never }];
    await accept(
      database,
      contract,
      await contract.sign({ kind: "handover", actor: producer, receiver: fleet }, items),
    );
    await order({ kind: "hold", counter: 1 });
    await until("the hold is on chain", "SELECT 1 FROM chain_hold WHERE held");
    await until("the handover is rejected", "SELECT 1 FROM chain_rejection WHERE reason = 'held'");
    expect(await rows("SELECT held, custodian FROM chain_passport")).to.deep.equal([{ held: true, custodian: 1 }]);
  });

  it("releases it, once, after which the same event lands", async () => {
    await order({ kind: "release", counter: 1 });
    await until("the release is on chain", "SELECT 1 FROM chain_hold WHERE NOT held");
    await database.pool.query("UPDATE submission SET sealed_at = sealed_at - interval '10 minutes'"); // time to try again
    await until("the handover lands", "SELECT 1 FROM chain_passport WHERE custodian = 2");
    expect(await rows("SELECT held, counter::int FROM chain_hold ORDER BY block_number, log_index")).to.deep.equal([
      { held: true, counter: 1 },
      { held: false, counter: 1 },
    ]);
    expect(relayer.alarms).to.deep.equal([]);
  });
});
