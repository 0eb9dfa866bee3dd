import { expect } from "chai";
import { Wallet } from "ethers";
import {
  readMarketFees,
  readNonce,
  sendRaw,
  signTransaction,
  waitForReceipt,
} from "../../backend/chain/sendTransaction.ts";
import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { formatSignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { type Proposal, proposalDigest } from "../../backend/domain/participants/proposals.ts";
import type { Hash, Hex, PassportId } from "../../backend/domain/types.ts";
import { seekLeadership } from "../../backend/storage/leadership.ts";
import type { Follower } from "../../backend/workers/follower.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import {
  deployTestContract,
  lower,
  type Member,
  newPassportId,
  RELAYER_KEY,
  signDigest,
  type TestContract,
} from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { catchUp, dumpProjection, followerOf } from "./followerFixture.ts";
import { accept, relayerOf, type TestRelayer } from "./relayerFixture.ts";

const relayerAccount = lower(new Wallet(RELAYER_KEY).address);

describe("relayer", () => {
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let follower: Follower;
  let producer: Member;
  let fleet: Member;

  beforeEach(async () => {
    chain = await startTestChain();
    database = await createDatabase();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER", "CUSTODIAN"]);
    fleet = await contract.admit(2, ["CUSTODIAN", "RECYCLER"]);
    follower = followerOf(database, contract);
    await catchUp(follower);
  });
  afterEach(async () => {
    await database.drop();
    await chain.stop();
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const itemStates = async (): Promise<unknown[]> =>
    (await query("SELECT state FROM accepted_item ORDER BY digest, position")).map((row) => row.state);
  const attempts = (): Promise<Record<string, unknown>[]> =>
    query("SELECT tx_hash, nonce, number, max_fee::text FROM attempt ORDER BY nonce, number");

  const drain = async (relayer: TestRelayer): Promise<void> => {
    await waitUntil("every item has an end and nothing is under way", async () => {
      await relayer.step();
      await follower.step();
      const [row] = await query(
        `SELECT (SELECT count(*) FROM accepted_item WHERE state = 'open')
           + (SELECT count(*) FROM submission WHERE state IN ('sealed', 'submitted')) AS left`,
      );
      return Number(row?.left) === 0;
    });
  };
  const mintOf = (...ids: PassportId[]): Promise<SignedCustodyEvent> =>
    contract.sign(
      { kind: "mint", actor: producer },
      ids.map((passportId) => ({ passportId })),
    );
  const handoverOf = (before: SignedCustodyEvent, giver = producer, receiver = fleet): Promise<SignedCustodyEvent> => {
    const heads = contract.headsOf(before);
    return contract.sign(
      { kind: "handover", actor: giver, receiver },
      before.items.map((item, i) => ({ ...item, prevHead: heads[i]! })),
    );
  };
  const acceptAll = async (...events: SignedCustodyEvent[]): Promise<Hash[]> => {
    const digests: Hash[] = [];
    for (const event of events) digests.push(await accept(database, contract, event));
    return digests;
  };
  const expectAppliedOnce = async (): Promise<void> => {
    expect(new Set(await itemStates())).to.deep.equal(new Set(["applied"]));
    const fresh = await createDatabase();
    try {
      await catchUp(followerOf(fresh, contract));
      expect((await dumpProjection(fresh)).chain_passport).to.deep.equal(
        (await dumpProjection(database)).chain_passport,
      );
    } finally {
      await fresh.drop();
    }
  };
  /** Sends a transaction with the relayer's key behind its back. */
  const sendBehindItsBack = async (nonce: number): Promise<void> => {
    const signed = await signTransaction(new Wallet(RELAYER_KEY), {
      chainId: contract.chainId,
      nonce,
      to: relayerAccount,
      data: "0x",
      gasLimit: 21_000,
      ...(await readMarketFees(contract.rpc)),
    });
    expect((await sendRaw(contract.rpc, signed.raw)).outcome).to.equal("sent");
    await chain.rpc("anvil_mine", "0x1");
    await waitForReceipt(contract.rpc, signed.hash);
  };

  it("puts a mint, its handover and its closure on chain in the order of acceptance", async () => {
    const minted = await mintOf(newPassportId(1), newPassportId(1));
    const handed = await handoverOf(minted);
    const heads = contract.headsOf(handed);
    const closed = await contract.sign({ kind: "closure", actor: fleet }, [
      { ...handed.items[0]!, prevHead: heads[0]! },
    ]);
    await acceptAll(minted, handed, closed);
    await drain(relayerOf(database, contract));
    await expectAppliedOnce();
    expect(await attempts()).to.have.length(1);
    expect(await query("SELECT 1 FROM chain_rejection")).to.have.length(0);
  });

  it("sends the very same bytes after it died between storing and sending", async () => {
    await acceptAll(await mintOf(newPassportId(1)));
    const dying = relayerOf(database, contract);
    const broken = { ...dying.options.chain, send: () => Promise.reject(new Error("killed")) };
    const first = relayerOf(database, contract, { chain: broken });
    await first.step();
    expect(await first.step().catch((error) => error.message)).to.equal("killed");
    const [stored] = await attempts();
    await drain(relayerOf(database, contract));
    expect((await attempts()).map((row) => row.tx_hash)).to.deep.equal([stored?.tx_hash]);
    await expectAppliedOnce();
  });

  it("takes what it sent for sent after it died before noting so", async () => {
    await chain.rpc("evm_setAutomine", false);
    await acceptAll(await mintOf(newPassportId(1)));
    const whole = relayerOf(database, contract);
    const forgetful = { ...whole.options.store, markSent: () => Promise.reject(new Error("killed")) };
    const first = relayerOf(database, contract, { store: forgetful });
    await first.step();
    expect(await first.step().catch((error) => error.message)).to.equal("killed");
    const second = relayerOf(database, contract);
    await second.step();
    expect(second.alarms).to.deep.equal([]);
    expect(await query("SELECT 1 FROM attempt WHERE sent_at IS NOT NULL")).to.have.length(1);
    await chain.rpc("evm_mine");
    await drain(second);
    expect(await attempts()).to.have.length(1);
    await expectAppliedOnce();
  });

  for (const method of ["anvil_dropTransaction", "anvil_dropAllTransactions"]) {
    it(`sends stored bytes again after ${method}`, async () => {
      await chain.rpc("evm_setAutomine", false);
      await acceptAll(await mintOf(newPassportId(1)));
      const relayer = relayerOf(database, contract);
      await relayer.step();
      await relayer.step();
      const [{ tx_hash: hash } = {}] = await attempts();
      await (method === "anvil_dropTransaction" ? chain.rpc(method, hash) : chain.rpc(method));
      expect(await chain.rpc("eth_getTransactionByHash", hash)).to.equal(null);
      await relayer.step();
      expect(await chain.rpc("eth_getTransactionByHash", hash)).to.not.equal(null);
      await chain.rpc("evm_mine");
      await drain(relayer);
      await expectAppliedOnce();
    });
  }

  it("brings back what a reorganisation removed, once", async () => {
    const minted = await mintOf(newPassportId(1));
    await acceptAll(minted);
    const relayer = relayerOf(database, contract);
    await drain(relayer);
    await acceptAll(await handoverOf(minted));
    await drain(relayer);
    await chain.rpc("anvil_reorg", 2, []);
    await catchUp(follower);
    expect(await itemStates()).to.deep.equal(["open", "open"]);
    await drain(relayer);
    await expectAppliedOnce();
    expect(new Set((await attempts()).map((row) => row.nonce)).size).to.equal(2);
  });

  it("brings back what is lost when the chain comes back shorter", async () => {
    await acceptAll(await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract);
    await drain(relayer);
    await chain.rpc("anvil_rollback", 1);
    await catchUp(follower);
    expect(await itemStates()).to.deep.equal(["open"]);
    await relayer.step();
    expect(await query("SELECT state, mined_block FROM submission")).to.deep.equal([
      { state: "submitted", mined_block: null },
    ]);
    await drain(relayer);
    await expectAppliedOnce();
    expect(await attempts()).to.have.length(1);
  });

  it("pays at least 12.5 % more, within its cap, when the base fee has risen above its offer", async () => {
    await chain.rpc("evm_setAutomine", false);
    await acceptAll(await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract, { bumpAfterSeconds: 0 });
    await relayer.step();
    await relayer.step();
    await chain.rpc("anvil_setNextBlockBaseFeePerGas", "0x2540be400"); // 10 gwei
    await chain.rpc("evm_mine");
    await waitUntil("a replacement is mined", async () => {
      await relayer.step();
      await chain.rpc("evm_mine");
      return (await readNonce(contract.rpc, relayerAccount)) === 1;
    });
    await drain(relayer);
    const fees = (await attempts()).map((row) => BigInt(row.max_fee as string));
    expect(fees.length).to.be.within(2, 4);
    for (let i = 1; i < fees.length; i++) expect(fees[i]! * 1000n >= fees[i - 1]! * 1125n).to.equal(true);
    await expectAppliedOnce();
  });

  it("never pays more than its cap, and says so", async () => {
    await acceptAll(await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract, { maxFeeCap: 1n });
    for (let i = 0; i < 4; i++) await relayer.step();
    expect(await attempts()).to.have.length(0);
    expect(relayer.alarms.map((alarm) => alarm.code)).to.include("fee-cap-reached");
  });

  it("pauses on an empty balance and goes on when it is filled", async () => {
    const [balance] = [await chain.rpc("eth_getBalance", relayerAccount, "latest")];
    await chain.rpc("anvil_setBalance", relayerAccount, "0x0");
    await acceptAll(await mintOf(newPassportId(1)), await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract);
    for (let i = 0; i < 4; i++) await relayer.step();
    expect(await attempts()).to.have.length(0);
    expect(relayer.alarms[0]?.code).to.equal("relayer-unfunded");
    await chain.rpc("anvil_setBalance", relayerAccount, balance);
    await drain(relayer);
    await expectAppliedOnce();
  });

  it("tries again at another nonce when somebody used its key", async () => {
    await chain.rpc("evm_setAutomine", false);
    await acceptAll(await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract);
    await relayer.step();
    await relayer.step();
    await chain.rpc("anvil_dropAllTransactions");
    await sendBehindItsBack(0);
    await chain.rpc("evm_setAutomine", true);
    await drain(relayer);
    expect(relayer.alarms.map((alarm) => alarm.code)).to.include("nonce-taken");
    expect((await attempts()).map((row) => row.nonce)).to.deep.equal([0, 1]);
    await expectAppliedOnce();
  });

  it("fills a gap that a rollback tore below its nonces", async () => {
    await sendBehindItsBack(0);
    await acceptAll(await mintOf(newPassportId(1)));
    const relayer = relayerOf(database, contract);
    await drain(relayer);
    while ((await readNonce(contract.rpc, relayerAccount)) > 0) await chain.rpc("anvil_rollback", 1);
    await catchUp(follower);
    await drain(relayer);
    await expectAppliedOnce();
    expect((await attempts()).map((row) => row.nonce)).to.deep.equal([0, 1]);
  });

  it("keeps several submissions in flight, in order, and a burst of a thousand items drains", async () => {
    const mints: SignedCustodyEvent[] = [];
    for (let i = 0; i < 10; i++) mints.push(await mintOf(...Array.from({ length: 100 }, () => newPassportId(1))));
    const handovers = await Promise.all(mints.map((mint) => handoverOf(mint)));
    await acceptAll(...mints, ...handovers);
    await drain(relayerOf(database, contract));
    await expectAppliedOnce();
    expect(await query("SELECT 1 FROM chain_rejection")).to.have.length(0);
  });

  it("waits for a predecessor that another operator brings", async () => {
    const minted = await mintOf(newPassportId(1));
    await acceptAll(await handoverOf(minted));
    const relayer = relayerOf(database, contract);
    for (let i = 0; i < 3; i++) expect(await relayer.step()).to.equal("idle");
    expect(await query("SELECT 1 FROM submission")).to.have.length(0);
    await contract.submit(minted);
    await catchUp(follower);
    await drain(relayer);
    await expectAppliedOnce();
  });

  it("rejects an item for good at finality, when another event has taken its head, and what follows it", async () => {
    const minted = await mintOf(newPassportId(1));
    await contract.submit(minted);
    const ours = await handoverOf(minted);
    const after = await handoverOf(ours, fleet, producer);
    await acceptAll(ours, after);
    const theirs = await contract.sign({ kind: "withdrawal", actor: producer }, [
      { ...minted.items[0]!, prevHead: contract.headsOf(minted)[0]! },
    ]);
    await contract.submit(theirs);
    await catchUp(follower);
    expect(await itemStates()).to.deep.equal(["open", "open"]);
    await chain.rpc("anvil_mine", "0x6");
    await catchUp(follower);
    expect(await query("SELECT DISTINCT state, reason FROM accepted_item")).to.deep.equal([
      { state: "rejected", reason: "stale-head" },
    ]);
  });

  it("rejects an item for good when its deadline has passed at finality, with the contract's reason", async () => {
    const minted = await mintOf(newPassportId(1));
    await contract.execute({ kind: "suspension", participantId: 1 });
    await catchUp(follower);
    await acceptAll(minted);
    const relayer = relayerOf(database, contract);
    await waitUntil("the event was tried", async () => {
      await relayer.step();
      await catchUp(follower);
      return (await query("SELECT 1 FROM chain_rejection")).length > 0;
    });
    expect(await itemStates()).to.deep.equal(["open"]);
    await chain.rpc("evm_increaseTime", 3700);
    await chain.rpc("anvil_mine", "0x8");
    await catchUp(follower);
    expect(await query("SELECT state, reason FROM accepted_item")).to.deep.equal([
      { state: "rejected", reason: "actor-inactive" },
    ]);
  });

  it("sends nothing whose deadline has passed already", async () => {
    await acceptAll(await mintOf(newPassportId(1)));
    await chain.rpc("evm_increaseTime", 3700);
    await chain.rpc("anvil_mine", "0x1");
    await catchUp(follower);
    expect(await relayerOf(database, contract).step()).to.equal("idle");
    expect(await query("SELECT 1 FROM submission")).to.have.length(0);
  });

  it("executes a proposal once enough governors have approved it", async () => {
    const [{ registry_head: registryHead } = {}] = await query(
      "SELECT registry_head FROM chain_proposal ORDER BY block_number DESC LIMIT 1",
    );
    const deadline = (await contract.now()) + 3600;
    const recordHash = `0x${"cd".repeat(32)}` as Hash;
    const proposal = { kind: "suspension", participantId: 2, registryHead, deadline, recordHash } as Proposal;
    const digest = proposalDigest(contract.separator, proposal);
    await database.pool.query("INSERT INTO proposal_draft (digest, proposal) VALUES ($1, $2)", [digest, proposal]);
    const relayer = relayerOf(database, contract);
    for (const governor of contract.governors.slice(1)) {
      expect(await relayer.step()).to.equal("idle");
      await database.pool.query("INSERT INTO proposal_approval VALUES ($1, $2, $3)", [
        digest,
        lower(governor.address),
        signDigest(governor, digest) as Hex,
      ]);
    }
    await drain(relayer);
    await waitUntil("the suspension is followed", async () => {
      await relayer.step();
      await catchUp(follower);
      return (await query("SELECT 1 FROM chain_participant WHERE NOT active")).length === 1;
    });
    await drain(relayer);
    expect(await attempts()).to.have.length(1);
  });

  it("lets one of several processes lead, and another as soon as that one is gone", async () => {
    const [one, two] = [seekLeadership(database.url, "relayer"), seekLeadership(database.url, "relayer")];
    expect(await one.hold()).to.equal(true);
    expect(await two.hold()).to.equal(false);
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    await waitUntil("the other leads", () => two.hold());
    expect(await one.hold()).to.equal(false);
    await Promise.all([one.release(), two.release()]);
  });

  it("stores an event's signature bytes as they were accepted", async () => {
    const event = await mintOf(newPassportId(1));
    const [digest] = await acceptAll(event);
    await drain(relayerOf(database, contract));
    const [log] = await query(`SELECT signatures FROM chain_custody_log WHERE digest = '${digest}'`);
    expect(log?.signatures).to.equal(formatSignedCustodyEvent(event).actorSignature);
  });
});
