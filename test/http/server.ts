import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import pino from "pino";
import type { JsonRpc } from "../../backend/chain/jsonRpc.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import { createApp } from "../../backend/http/createApp.ts";
import type { AppDependencies } from "../../backend/http/dependencies.ts";
import { serverLimits } from "../../backend/http/serverLimits.ts";
import { walletJudge } from "../../backend/services/access/judgeWallet.ts";
import { createAnchorTrees } from "../../backend/services/anchors/anchorTrees.ts";
import { refusalJudge } from "../../backend/services/operation/judgeRefusal.ts";
import { createWorld, DEPLOYMENT, SEALING, type World } from "../services/world.ts";

/** A response whose JSON the tests may look into freely. */
export type Answer = Omit<Response, "json" | "clone"> & {
  json(): Promise<ReturnType<typeof JSON.parse>>;
  clone(): Answer;
};

export type TestServer = {
  readonly url: string;
  readonly world: World;
  /** Everything the server logged. */
  readonly logged: string[];
  readonly rpcCalls: string[];
  get(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Answer>;
  /** POSTs bytes as they are. */
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
};

/** An RPC that answers like a node which stands at the block the world's follower has reached. */
function stubRpc(calls: string[]): JsonRpc {
  const answer = (method: string): unknown => {
    calls.push(method);
    return { eth_chainId: "0x7a69", eth_blockNumber: "0x64", net_version: "31337" }[method] ?? "0x";
  };
  return {
    url: "http://rpc.invalid",
    call: async (method) => answer(method),
    batch: async (requests) => requests.map(({ method }) => ({ result: answer(method) })),
  };
}

/** The application on a real port and a real database, with the tests' participants. */
export async function startServer(overrides: Partial<AppDependencies> = {}): Promise<TestServer> {
  const world = await createWorld();
  const logged: string[] = [];
  const rpcCalls: string[] = [];
  const rpc = overrides.rpc ?? stubRpc(rpcCalls);
  const app = createApp({
    database: world.database,
    deployment: DEPLOYMENT,
    acceptor: world.acceptor,
    dataRecordAcceptor: world.dataRecordAcceptor,
    anchorTrees: createAnchorTrees(),
    recoverSigner,
    judgeWallet: walletJudge({ database: world.database, rpc }),
    sealing: SEALING,
    signatures: { curve: "portable", recoveriesPerSecond: 700 },
    hashing: { keccak: "portable", hashesPerSecond: 100_000 },
    randomBytes,
    erasureFile: { append: async () => undefined },
    rpc,
    readChainView: async () => ({ unavailable: "no chain in this test", rpcs: [] }),
    readBlock: null,
    now: () => world.clock.now,
    clock: () => performance.now(),
    judgeRefusal: refusalJudge({ database: world.database, rpc }),
    log: pino({ level: "debug" }, { write: (line: string) => void logged.push(line) }),
    met: { deepestReorg: 0, reorgs: 0 },
    servesApi: true,
    publicUrl: "https://operator.example",
    maxBodyBytes: 256 * 1024,
    requestsPerMinute: 0,
    trustedProxies: 0,
    stopping: new AbortController().signal,
    ...overrides,
  });
  const server: Server = createServer(serverLimits, app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send: TestServer["send"] = (path, body, headers = { "content-type": "application/json" }) =>
    fetch(url + path, { method: "POST", body, headers, duplex: "half" } as RequestInit) as Promise<Answer>;
  return {
    url,
    world,
    logged,
    rpcCalls,
    get: (path, init) => fetch(url + path, init) as Promise<Answer>,
    post: (path, body, init = {}) =>
      fetch(url + path, {
        ...init,
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...init.headers },
      }) as Promise<Answer>,
    send,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await world.close();
    },
  };
}

/** The code of a problem, after checking that it is one, with that status. */
export async function problemCode(response: Answer, status: number): Promise<string> {
  const text = await response.text();
  expect(response.status, text).to.equal(status);
  expect(response.headers.get("content-type")).to.match(/^application\/problem\+json/);
  const problem = JSON.parse(text);
  expect(problem).to.include({ status, type: `https://operator.example/docs/errors#${problem.code}` });
  expect(text).not.to.match(/node_modules|\.ts:\d| {4}at /);
  return problem.code;
}
