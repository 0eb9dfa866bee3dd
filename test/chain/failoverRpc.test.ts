import { expect } from "chai";
import { type EndpointTrouble, failoverRpc } from "../../backend/chain/failoverRpc.ts";
import { type JsonRpc, RpcError } from "../../backend/chain/jsonRpc.ts";

type Scripted = JsonRpc & { asked: string[]; answer: (method: string) => unknown };

const unreachable = (details = {}) => new RpcError("rpc-unreachable", "It is away.", "retry", details);

describe("failoverRpc", () => {
  let now = 0;
  let troubles: EndpointTrouble[] = [];

  /** An endpoint that answers its own name, and the chain id that it is given. */
  const endpoint = (name: string, chainId = "0x7a69"): Scripted => {
    const scripted: Scripted = {
      url: `http://${name}.example/key`,
      asked: [],
      answer: (method) => (method === "eth_chainId" ? chainId : name),
      async call(method) {
        scripted.asked.push(method);
        const answer = scripted.answer(method);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      batch: async (requests) =>
        Promise.all(requests.map(async ({ method }) => ({ result: await scripted.call(method) }))),
    };
    return scripted;
  };
  const together = (...rpcs: [Scripted, ...Scripted[]]) =>
    failoverRpc(rpcs, { chainId: 31337, clock: () => now, pauseMs: 100, onTrouble: (one) => troubles.push(one) });

  beforeEach(() => {
    now = 0;
    troubles = [];
  });

  it("stays with the first endpoint while it works", async () => {
    const [a, b] = [endpoint("a"), endpoint("b")];
    const rpc = together(a, b);
    expect([await rpc.call("eth_blockNumber"), await rpc.call("eth_blockNumber")]).to.deep.equal(["a", "a"]);
    expect(a.asked).to.deep.equal(["eth_chainId", "eth_blockNumber", "eth_blockNumber"]);
    expect(b.asked).to.deep.equal([]);
  });

  it("goes on at the next one within the same request, and stays there when the first comes back", async () => {
    const [a, b] = [endpoint("a"), endpoint("b")];
    const rpc = together(a, b);
    await rpc.call("eth_blockNumber");
    a.answer = () => unreachable();
    expect(await rpc.batch([{ method: "eth_blockNumber", params: [] }])).to.deep.equal([{ result: "b" }]);
    expect(troubles).to.deep.equal([
      { url: "http://a.example", code: "rpc-unreachable", reason: "It is away.", pauseMs: 100 },
    ]);
    a.answer = () => "a";
    now = 1_000;
    expect(await rpc.call("eth_blockNumber")).to.equal("b");
    expect(rpc.url).to.equal(b.url);
  });

  it("never uses an endpoint of another chain, also when it becomes one while it was away", async () => {
    const [a, b] = [endpoint("a"), endpoint("b", "0x1")];
    const rpc = together(a, b);
    await rpc.call("eth_blockNumber");
    a.answer = () => unreachable();
    const error = await rpc.call("eth_blockNumber").catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(RpcError).with.property("message").that.includes("another chain than 31337");
    expect(b.asked).to.deep.equal(["eth_chainId"]);
    a.answer = (method) => (method === "eth_chainId" ? "0x1" : "a");
    now = 1_000;
    expect(await rpc.call("eth_blockNumber").catch(() => "refused")).to.equal("refused");
  });

  it("passes a refusal on: another node of the chain would refuse as well", async () => {
    const [a, b] = [endpoint("a"), endpoint("b")];
    const rpc = together(a, b);
    a.answer = (method) =>
      method === "eth_chainId" ? "0x7a69" : new RpcError("rpc-refused", "execution reverted", "retry", {});
    const error = await rpc.call("eth_call").catch((caught: unknown) => caught);
    expect(error).to.have.property("code", "rpc-refused");
    expect(b.asked).to.deep.equal([]);
    expect(troubles).to.deep.equal([]);
  });

  it("asks nobody while all pause, says for how long, and pauses twice as long after each failure", async () => {
    const [a, b] = [endpoint("a"), endpoint("b")];
    const rpc = together(a, b);
    for (const one of [a, b]) one.answer = () => unreachable();
    await rpc.call("eth_blockNumber").catch(() => undefined);
    const asked = [...a.asked, ...b.asked].length;
    now = 60;
    const error = await rpc.call("eth_blockNumber").catch((caught: unknown) => caught);
    expect((error as RpcError).details).to.deep.equal({ retryAfterMs: 40 });
    expect([...a.asked, ...b.asked].length).to.equal(asked);
    now = 100;
    await rpc.call("eth_blockNumber").catch(() => undefined);
    expect(troubles.map(({ pauseMs }) => pauseMs)).to.deep.equal([100, 100, 200, 200]);
  });

  it("rests an endpoint as long as its rate limit says", async () => {
    const [a, b] = [endpoint("a"), endpoint("b")];
    a.answer = () => unreachable({ retryAfterMs: 5_000 });
    await together(a, b).call("eth_blockNumber");
    expect(troubles[0]?.pauseMs).to.equal(5_000);
  });
});
