import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { failoverRpc } from "../../backend/chain/failoverRpc.ts";
import { connectJsonRpc, type JsonRpc } from "../../backend/chain/jsonRpc.ts";
import type { Hash } from "../../backend/domain/types.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import type { TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { acceptPost } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, knowFirms, startFaultWorld } from "./faultWorld.ts";
import { type HttpFault, type HttpFaultProxy, startHttpFaultProxy } from "./httpFaultProxy.ts";
import { startLoops } from "./loops.ts";

const TIMEOUT_MS = 300;

/** Faults 23 to 28: the RPC misbehaves; nothing is lost, nothing happens twice, and all drains when it behaves again. */
describe("faults of the RPC", function () {
  this.timeout(60_000);
  let world: FaultWorld;
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let proxy: HttpFaultProxy;

  before(async () => {
    world = await startFaultWorld();
    ({ chain, contract } = world);
    proxy = await startHttpFaultProxy(chain.url);
  });
  beforeEach(async () => {
    proxy.set({ kind: "pass" });
    database = await createDatabase();
    await knowFirms(database, world.firmRecords);
    await catchUp(followerOf(database, contract));
  });
  afterEach(() => database.drop());
  after(async () => {
    await proxy.stop();
    await world.stop();
  });

  const through = (): JsonRpc => connectJsonRpc(proxy.url, { timeoutMs: TIMEOUT_MS, maxAnswerBytes: 4 * 1024 * 1024 });
  const mint = async () => acceptPost(database, contract, await world.mint());
  const drained = () =>
    waitUntil("every item is applied", async () => {
      const { rows } = await database.pool.query("SELECT FROM accepted_item WHERE state = 'open' LIMIT 1");
      return rows.length === 0;
    });
  const attempts = async () => (await database.pool.query<{ hash: Hash }>("SELECT tx_hash AS hash FROM attempt")).rows;

  /** Runs the loops over a fault, then lets the RPC behave: everything drains by itself and is whole. */
  const survive = async (
    fault: (request: string, count: number) => HttpFault,
    milliseconds: number,
    rpc = through(),
  ) => {
    const before = proxy.requests();
    proxy.use(fault);
    await mint();
    const loops = startLoops(database, contract, rpc);
    try {
      await pause(milliseconds);
      const asked = proxy.requests() - before;
      proxy.set({ kind: "pass" });
      await drained();
      return { asked, failures: loops.failures };
    } finally {
      await loops.stop();
      await expectWhole({ chain, contract, database });
    }
  };
  const answer = (status: number, body: string, headers = {}): HttpFault => ({ kind: "answer", status, body, headers });

  it("23: a rate limit with Retry-After is kept, without a tight loop", async () => {
    const { asked, failures } = await survive(() => answer(429, "slow down", { "retry-after": "1" }), 600);
    expect(asked).to.be.within(2, 4);
    expect(failures.map(({ pauseMs }) => pauseMs >= 1000)).to.not.include(false);
  });

  it("23: bursts of 500 and of a gateway's HTML are waited out with growing pauses", async () => {
    const { asked, failures } = await survive(
      (_, count) => (count % 2 === 0 ? answer(500, "{}") : answer(502, "<html><h1>Bad Gateway</h1>")),
      600,
    );
    expect(asked).to.be.lessThan(30);
    expect(failures.map(({ advice }) => advice)).to.not.include("stop");
  });

  it("23: a second RPC takes over at once", async () => {
    const rpc = failoverRpc([through(), connectJsonRpc(chain.url)], {
      chainId: contract.chainId,
      clock: () => performance.now(),
    });
    proxy.set(answer(502, "<html>"));
    await mint();
    const loops = startLoops(database, contract, rpc);
    await drained();
    await loops.stop();
    expect(loops.failures).to.deep.equal([]);
    await expectWhole({ chain, contract, database });
  });

  it("24: no answer after the transaction was passed on counts as sent: one attempt, found by its receipt", async () => {
    await survive(
      (request) => (request.includes("eth_sendRawTransaction") ? { kind: "forwardThenHang" } : { kind: "pass" }),
      600,
    );
    expect(await attempts()).to.have.length(1);
  });

  for (const [name, fault] of Object.entries<HttpFault>({
    "truncated JSON": { kind: "cut", afterBytes: 20 },
    "another request's id": { kind: "rewrite", change: (text) => text.replaceAll(/"id":\d+/g, '"id":999999') },
    "null for every result": {
      kind: "rewrite",
      change: (text) => text.replaceAll(/"result":("[^"]*"|\{[^{}]*\})/g, '"result":null'),
    },
    "numbers beyond every range": {
      kind: "rewrite",
      change: (text) => text.replaceAll(/"result":"0x[0-9a-f]{1,12}"/g, `"result":"0x${"f".repeat(65)}"`),
    },
    "a body without end": { kind: "endless" },
    "a broken connection": { kind: "reset" },
  })) {
    it(`25: ${name} ends in a typed error and a pause, never in a crash or a wrong row`, async () => {
      const { failures } = await survive(() => fault, 500);
      for (const { error, advice } of failures) {
        expect(error)
          .to.have.property("code")
          .that.matches(/^rpc-|^database-/);
        expect(advice).to.equal("retry");
      }
    });
  }

  it("26: a load balancer that flips to a node far behind undoes nothing", async () => {
    await mint();
    const loops = startLoops(database, contract, through());
    try {
      await drained();
      await chain.rpc("anvil_mine", "0x1e");
      const head = Number(await chain.rpc("eth_blockNumber"));
      await waitUntil("the follower is at the head", async () => (await headNumber()) === head);
      let flips = 0;
      proxy.use((request) => {
        const asksForTheTip = request.includes('"latest"') && request.includes('"finalized"');
        if (!asksForTheTip || ++flips % 2 === 0) return { kind: "pass" };
        return { kind: "ask", instead: (text) => tipAt(text, head - 20) };
      });
      await waitUntil("it flipped some times", () => flips > 12);
      expect(await headNumber()).to.equal(head);
    } finally {
      await loops.stop();
    }
    await expectWhole({ chain, contract, database });
  });

  it("27: an answer with a log twice, of another block or contract, or with none left is refused and asked again", async () => {
    const lies: ((logs: Record<string, unknown>[]) => unknown[])[] = [
      (logs) => [...logs, ...logs],
      (logs) => logs.map((log) => ({ ...log, blockHash: `0x${"77".repeat(32)}` })),
      (logs) => logs.map((log) => ({ ...log, address: `0x${"66".repeat(20)}` })),
      () => [],
    ];
    let told = 0;
    const { failures } = await survive(
      (request) =>
        request.includes("eth_getLogs")
          ? { kind: "rewrite", change: (text) => withLogs(text, lies[told++ % lies.length] as (typeof lies)[0]) }
          : { kind: "pass" },
      800,
    );
    expect(failures.map(({ error }) => (error as { code: string }).code)).to.include("rpc-answer-malformed");
  });

  it("28: a second RPC of another chain is never used, and no transaction could be taken there", async () => {
    const other = await startTestChain({ args: ["--chain-id", "4242"] });
    try {
      const troubles: string[] = [];
      const rpc = failoverRpc([through(), connectJsonRpc(other.url)], {
        chainId: contract.chainId,
        clock: () => performance.now(),
        pauseMs: 50,
        longestPauseMs: 200,
        onTrouble: ({ reason }) => troubles.push(reason),
      });
      await survive(() => ({ kind: "reset" }), 400, rpc);
      expect(troubles.join()).to.include("another chain than 31337");
      expect(await other.rpc("eth_blockNumber")).to.equal("0x0");
    } finally {
      await other.stop();
    }
  });

  const headNumber = async (): Promise<number> =>
    (await database.pool.query("SELECT head_number AS n FROM chain_cursor")).rows[0].n;
});

/** The request for the tip as a node that stands at that block would understand it. */
function tipAt(request: string, head: number): string {
  const hex = (number: number): string => `"0x${number.toString(16)}"`;
  return request
    .replace('"latest"', hex(head))
    .replace('"safe"', hex(head - 2))
    .replace('"finalized"', hex(head - 4));
}

function withLogs(text: string, change: (logs: Record<string, unknown>[]) => unknown[]): string {
  const answer = JSON.parse(text) as { result?: unknown } | { result?: unknown }[];
  const changed = (one: { result?: unknown }) => ({
    ...one,
    result: Array.isArray(one.result) && one.result.length > 0 ? change(one.result) : one.result,
  });
  return JSON.stringify(Array.isArray(answer) ? answer.map(changed) : changed(answer));
}
