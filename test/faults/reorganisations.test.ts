import { expect } from "chai";
import { Wallet } from "ethers";
import { connectJsonRpc, type JsonRpc } from "../../backend/chain/jsonRpc.ts";
import { readNonce } from "../../backend/chain/sendTransaction.ts";
import { submitDirect } from "../../scripts/cli/actions/submitDirect.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { lower, RELAYER_KEY, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { catchUp, dumpProjection, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { acceptPost } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, startFaultWorld } from "./faultWorld.ts";
import { relayAll, settle } from "./settle.ts";

const RELAYER = lower(new Wallet(RELAYER_KEY).address);

/** Faults 32, 38 and 39: what a reorganisation does to transactions that were replaced, that wait, and to a follower at work. */
describe("faults of reorganisations", function () {
  this.timeout(60_000);
  let world: FaultWorld;
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;

  beforeEach(async () => {
    world = await startFaultWorld();
    ({ chain, contract, database } = world);
    await catchUp(followerOf(database, contract));
  });
  afterEach(() => world.stop());

  const acceptMint = async () => acceptPost(database, contract, await world.mint());
  const attempts = async () =>
    (
      await database.pool.query<{ hash: string; nonce: number; raw: string }>(
        `SELECT tx_hash AS hash, nonce::int, '0x' || encode(raw, 'hex') AS raw FROM attempt ORDER BY nonce, number`,
      )
    ).rows;
  const submissions = async () => (await database.pool.query("SELECT state FROM submission ORDER BY id")).rows;
  const isMined = async (hash = "") => (await chain.rpc("eth_getTransactionReceipt", hash)) !== null;

  it("32: the original mines after its replacement: it is known by its hash, and nothing is sent again", async () => {
    await chain.rpc("evm_setAutomine", false);
    await acceptMint();
    const relayer = relayerOf(database, contract, { bumpAfterSeconds: 0 });
    await relayAll(relayer);
    await chain.rpc("anvil_setNextBlockBaseFeePerGas", "0x2540be400"); // 10 gwei: above what was offered
    await chain.rpc("evm_mine");
    await relayAll(relayer);
    const [original, replacement, ...more] = await attempts();
    expect(more).to.deep.equal([]);
    await chain.rpc("evm_mine");
    await catchUp(followerOf(database, contract));
    await relayAll(relayer);
    expect([await isMined(original?.hash), await isMined(replacement?.hash)]).to.deep.equal([false, true]);

    // Another branch, in which the base fee never rose and somebody brings the bytes that were sent first.
    await chain.rpc("anvil_rollback", 2);
    await chain.rpc("anvil_setNextBlockBaseFeePerGas", "0x1");
    await chain.rpc("eth_sendRawTransaction", original?.raw);
    await chain.rpc("anvil_mine", "0x3");
    expect([await isMined(original?.hash), await isMined(replacement?.hash)]).to.deep.equal([true, false]);
    await settle(world, database, relayer);
    expect(await attempts()).to.have.length(2);
    expect(await submissions()).to.deep.equal([{ state: "mined" }]);
    expect(relayer.alarms).to.deep.equal([]);
    await expectWhole(world);
  });

  it("38: while pending counts what can never be mined, nonces come from the tables, and the gap is closed", async () => {
    const relayer = relayerOf(database, contract);
    await acceptMint();
    await relayAll(relayer);
    await chain.rpc("evm_setAutomine", false);
    await acceptMint();
    await relayAll(relayer);
    const before = await attempts();
    expect(before.map(({ nonce }) => nonce)).to.deep.equal([0, 1]);
    await chain.rpc("anvil_reorg", 1, []);
    expect(await readNonce(contract.rpc, RELAYER)).to.equal(0);
    const pending = Number(await chain.rpc("eth_getTransactionCount", RELAYER, "pending"));
    expect(pending, "what makes this a fault").not.to.equal(0);
    await acceptMint();
    await relayAll(relayer);
    await chain.rpc("evm_setAutomine", true);
    await settle(world, database, relayer);
    const after = await attempts();
    expect(after.map(({ nonce }) => nonce)).to.deep.equal([0, 1, 2]);
    expect(after.slice(0, 2)).to.deep.equal(before);
    await expectWhole(world);
  });

  it("39: while backfilling, twice in a row, across a restart, and back to the first branch: the tables converge", async () => {
    await contract.submit((await world.mint()).signed);
    await chain.rpc("anvil_mine", "0x6");
    const branches = await forked();
    try {
      const rpc = switchable(branches);
      const there = { ...contract, rpc };
      const follow = () => catchUp(followerOf(database, there));
      for (const at of ["A", "B", "A"] as const) {
        rpc.at = at; // each time by another follower
        await follow();
      }
      // A second one in the middle of following the first, and back.
      rpc.at = "B";
      await followerOf(database, there).step();
      rpc.at = "A";
      await follow();

      const fresh = await createDatabase();
      try {
        const backfill = followerOf(fresh, there);
        rpc.at = "B";
        await backfill.step();
        rpc.at = "A";
        await catchUp(backfill);
        expect(await dumpProjection(fresh)).to.deep.equal(await dumpProjection(database));
      } finally {
        await fresh.drop();
      }
      const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM chain_passport");
      expect(rows).to.deep.equal([{ n: 3 }]);
      await expectWhole(world);
    } finally {
      await branches.stop();
    }
  });

  /** Two nodes that agree up to here, and each has blocks of its own after it: other mints, and one more on A. */
  async function forked() {
    const other = await startTestChain();
    await other.rpc("anvil_loadState", await chain.rpc<string>("anvil_dumpState"));
    const nodes = { A: contract.rpc, B: connectJsonRpc(other.url) };
    const wallet = new Wallet(RELAYER_KEY);
    for (const [name, count] of [
      ["B", 1],
      ["A", 2],
    ] as const) {
      for (let i = 0; i < count; i++) {
        const { outcomes } = await submitDirect(nodes[name], contract, wallet, [(await world.mint()).signed]);
        expect(outcomes[0]?.applied).to.have.length(1);
      }
    }
    return { nodes, stop: () => other.stop() };
  }
});

/** One endpoint with two nodes behind it. */
function switchable({ nodes }: { readonly nodes: { readonly A: JsonRpc; readonly B: JsonRpc } }) {
  const rpc: JsonRpc & { at: "A" | "B" } = {
    at: "A",
    url: nodes.A.url,
    call: (...asked) => nodes[rpc.at].call(...asked),
    batch: (...asked) => nodes[rpc.at].batch(...asked),
  };
  return rpc;
}
