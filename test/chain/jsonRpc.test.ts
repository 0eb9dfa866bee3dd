import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { connectJsonRpc, hideSecrets, RpcError } from "../../backend/chain/jsonRpc.ts";

type Answer = (body: unknown, response: ServerResponse, request: IncomingMessage) => void;

const echo = (entry: { id: number; params: unknown[] }) => ({ jsonrpc: "2.0", id: entry.id, result: entry.params[0] });

describe("connectJsonRpc", () => {
  let server: Server;
  let url: string;
  let answer: Answer;
  let bodies: unknown[];

  before((done) => {
    server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const body = JSON.parse(text);
        bodies.push(body);
        answer(body, response, request);
      });
    });
    server.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-key`;
      done();
    });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  beforeEach(() => {
    bodies = [];
  });

  const failure = async (options = {}): Promise<RpcError> => {
    try {
      await connectJsonRpc(url, options).call("eth_chainId");
    } catch (error) {
      if (error instanceof RpcError) return error;
      throw error;
    }
    throw new Error("It did not fail.");
  };

  it("answers a call, and a batch in the order of its requests", async () => {
    answer = (body, response) => {
      response.end(JSON.stringify(Array.isArray(body) ? body.map(echo).reverse() : echo(body as never)));
    };
    const rpc = connectJsonRpc(url);
    expect(await rpc.call("echo", "0x1")).to.equal("0x1");
    const requests = Array.from({ length: 100 }, (_, i) => ({ method: "echo", params: [i] }));
    const outcomes = await rpc.batch(requests);
    expect(outcomes.map((outcome) => (outcome as { result: unknown }).result)).to.deep.equal(requests.map((_, i) => i));
    expect(bodies).to.have.length(1 + 3);
  });

  it("puts an error of one request of a batch in its place", async () => {
    answer = (body, response) => {
      const [first, second] = body as [{ id: number; params: unknown[] }, { id: number }];
      response.end(JSON.stringify([echo(first), { id: second.id, error: { code: -32000, message: "pruned" } }]));
    };
    const outcomes = await connectJsonRpc(url).batch([
      { method: "echo", params: ["a"] },
      { method: "echo", params: ["b"] },
    ]);
    expect(outcomes[0]).to.deep.equal({ result: "a" });
    expect((outcomes[1] as RpcError).details.rpcMessage).to.equal("pruned");
  });

  const FAULTS: readonly [string, Answer, code: string, advice: string][] = [
    ["429", (_, response) => response.writeHead(429, { "retry-after": "7" }).end("slow"), "rpc-http-status", "retry"],
    ["an HTML 502", (_, response) => response.writeHead(502).end("<html>"), "rpc-http-status", "retry"],
    ["401", (_, response) => response.writeHead(401).end(), "rpc-http-status", "stop"],
    ["truncated JSON", (_, response) => response.end('{"id":1,"resul'), "rpc-answer-malformed", "retry"],
    [
      "another request's id",
      (_, response) => response.end('{"id":"x","result":"0x1"}'),
      "rpc-answer-malformed",
      "retry",
    ],
    ["neither result nor error", (_, response) => response.end('{"id":1}'), "rpc-answer-malformed", "retry"],
    ["a list for an object", (_, response) => response.end("[]"), "rpc-answer-malformed", "retry"],
    ["a cut connection", (_, response) => response.destroy(), "rpc-unreachable", "retry"],
    [
      "an unknown method",
      (_, response) => response.end('{"id":1,"error":{"code":-32601,"message":"no such method"}}'),
      "rpc-refused",
      "stop",
    ],
  ];
  for (const [what, fault, code, advice] of FAULTS) {
    it(`meets ${what} with ${code}, ${advice}, and hides the key in the URL`, async () => {
      answer = fault;
      const error = await failure();
      expect(error).to.include({ code, advice });
      expect(JSON.stringify([error.message, error.details])).to.not.include("secret-key");
    });
  }

  it("passes on how long a rate limit lasts", async () => {
    answer = FAULTS[0]![1];
    expect((await failure()).details.retryAfterMs).to.equal(7000);
  });

  it("stops reading at the cap", async () => {
    answer = (_, response) => {
      const pour = (): void => {
        while (response.write("x".repeat(65_536)));
        response.once("drain", pour);
      };
      response.on("error", () => undefined);
      pour();
    };
    expect((await failure({ maxAnswerBytes: 1_000_000 })).code).to.equal("rpc-answer-too-large");
  });

  it("gives up waiting at the time-out", async () => {
    answer = () => undefined;
    expect((await failure({ timeoutMs: 50 })).code).to.equal("rpc-timeout");
  });

  it("shows an endpoint without its path and credentials", () => {
    expect(hideSecrets("https://user:pass@rpc.example/v3/key?x=1")).to.equal("https://rpc.example");
  });
});
