import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { connectJsonRpc } from "../../backend/chain/jsonRpc.ts";
import { readChainView } from "../../backend/chain/readChainView.ts";
import { ZERO_HASH } from "../../backend/domain/bytes.ts";
import type { SignedCustodyEvent } from "../../backend/domain/custody/events.ts";
import { eventDigest } from "../../backend/domain/custody/hashEvent.ts";
import { encodeHeader } from "../../backend/domain/custody/header.ts";
import type { Address, Hash, PassportId } from "../../backend/domain/types.ts";
import type { ChainQuestion, ChainUnavailable, ChainView } from "../../backend/domain/verification/chainView.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, lower, type Member, newPassportId, type TestContract } from "../support/contract.ts";

type Answer = { id: number; result?: unknown };

/** An RPC that passes everything on to the chain and changes the answers. */
async function startLiar(target: string, lie: (method: string, answer: Answer) => void): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const forwarded = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await forwarded.json()) as Answer | Answer[];
    const methods = new Map([body].flat().map((entry: { id: number; method: string }) => [entry.id, entry.method]));
    for (const entry of [answer].flat()) lie(methods.get(entry.id) ?? "", entry);
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("readChainView", () => {
  let chain: TestChain;
  let contract: TestContract;
  let producer: Member;
  let minted: SignedCustodyEvent;
  let digest: Hash;
  let question: ChainQuestion;
  const servers: Server[] = [];

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    producer = await contract.admit(1, ["PRODUCER"]);
    minted = await contract.sign({ kind: "mint", actor: producer }, [{ passportId: newPassportId(1) }]);
    const { blockNumber } = await contract.submit(minted);
    await chain.rpc("anvil_mine", "0x6");
    digest = eventDigest(contract.separator, minted);
    question = {
      passportIds: [minted.items[0]!.passportId, `0x${"ee".repeat(20)}` as PassportId],
      participantIds: [1, 2],
      events: [{ digest, blockNumber }],
      anchors: [],
      signers: [lower(producer.wallet.address), contract.contract],
    };
  });
  after(async () => {
    for (const server of servers) server.close();
    await chain.stop();
  });

  const read = (...urls: string[]): Promise<ChainView | ChainUnavailable> =>
    readChainView(
      urls.map((url) => connectJsonRpc(url, { timeoutMs: 2000 })),
      contract.contract,
      question,
    );
  const liar = async (lie: (method: string, answer: Answer) => void): Promise<string> => {
    const server = await startLiar(chain.url, lie);
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it("reads states, participant heads, logs, wallets and code at one finalized block", async () => {
    const view = (await read(chain.url)) as ChainView;
    const latest = Number(await chain.rpc("eth_blockNumber"));
    expect(view.block.number).to.equal(latest - 4);
    expect(view).to.include({ chainId: 31337, codeHash: contract.codeHash, tag: "finalized", successor: null });
    const [known, unknown] = question.passportIds.map((id) => view.passports.get(id));
    expect(known).to.deep.equal({
      head: contract.headsOf(minted)[0],
      custodian: 1,
      phase: "active",
      moved: false,
      held: false,
    });
    expect(unknown?.phase).to.equal("none");
    expect(view.participantHeads.get(1)).to.not.equal(ZERO_HASH);
    expect(view.participantHeads.get(2)).to.equal(ZERO_HASH);
    const [log] = view.custodyLogs?.get(digest) ?? [];
    expect(log).to.include({ header: encodeHeader(minted, 65), applied: 1n, signatures: minted.actorSignature });
    const block = await chain.rpc<{ timestamp: string }>("eth_getBlockByHash", log?.blockHash, false);
    expect(log?.blockTime).to.equal(Number(block.timestamp));
    expect([...view.contractWallets]).to.deep.equal([contract.contract]);
  });

  it("reports no code where there is none", async () => {
    const elsewhere = `0x${"77".repeat(20)}` as Address;
    const view = await readChainView([connectJsonRpc(chain.url)], elsewhere, question);
    expect((view as ChainView).codeHash).to.equal(null);
  });

  it("agrees with itself over two RPCs, and names both", async () => {
    const honest = await liar(() => undefined);
    expect((await read(chain.url, honest)).rpcs).to.deep.equal([chain.url, honest]);
  });

  const LIES: readonly [string, (method: string, answer: Answer) => void][] = [
    [
      "about a passport",
      (method, answer) => {
        if (method === "eth_call")
          answer.result = (answer.result as string).replace(/01$/, "03").replace(/0{60}/, "1".repeat(60));
      },
    ],
    [
      "by leaving out logs",
      (method, answer) => {
        if (method === "eth_getLogs") answer.result = [];
      },
    ],
    [
      "about the code",
      (method, answer) => {
        if (method === "eth_getCode") answer.result = "0x00";
      },
    ],
    [
      "about the chain",
      (method, answer) => {
        if (method === "eth_chainId") answer.result = "0x1";
      },
    ],
  ];
  for (const [what, lie] of LIES) {
    it(`could not tell when one of two RPCs lies ${what}`, async () => {
      expect(await read(chain.url, await liar(lie))).to.have.property("unavailable");
    });
  }

  it("could not tell when an RPC is down, and never throws", async () => {
    expect(await read(chain.url, "http://127.0.0.1:9")).to.have.property("unavailable");
    expect(await read()).to.have.property("unavailable");
  });

  it("has no logs, and all the rest, from a node that serves none", async () => {
    const pruned = await liar((method, answer) => {
      if (method !== "eth_getLogs") return;
      answer.result = undefined;
      Object.assign(answer, { error: { code: -32000, message: "pruned" } });
    });
    const view = (await read(pruned)) as ChainView;
    expect(view.custodyLogs).to.equal(null);
    expect(view.passports.size).to.equal(2);
  });
});
