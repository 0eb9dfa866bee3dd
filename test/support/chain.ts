import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort } from "./database.ts";
import { startTied } from "./tiedProcess.ts";
import { waitUntil } from "./waitUntil.ts";

export type TestChain = {
  readonly url: string;
  /** One JSON-RPC request; throws the node's error as text. */
  rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T>;
  /** SIGTERM: saves its state if it has a state file, then ends. */
  stop(): Promise<void>;
  /** SIGKILL: what a power cut does. */
  kill(): Promise<void>;
};

export type TestChainOptions = {
  /** Further arguments of anvil. */
  readonly args?: readonly string[];
  readonly port?: number;
};

/** A chain of its own on a real anvil: mines every transaction at once; finalized is the head less four blocks. */
export async function startTestChain(options: TestChainOptions = {}): Promise<TestChain> {
  const port = options.port ?? (await freePort());
  const running = startTied("TERM", [
    anvilProgram(),
    ...["--port", String(port), "--hardfork", "osaka", "--slots-in-an-epoch", "2", "--enable-tx-gas-limit"],
    ...(options.args ?? []),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const rpc = <T>(method: string, ...params: unknown[]): Promise<T> => request(url, method, params) as Promise<T>;
  await waitUntil("anvil answers", () =>
    rpc("eth_chainId").then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    rpc,
    stop: () => running.stop(),
    kill: () => running.kill(),
  };
}

async function request(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.code} ${answer.error.message}`);
  return answer.result;
}

/** The native program: ending npm's shim would leave it running. */
function anvilProgram(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const platform = process.platform === "win32" ? "win32" : process.platform;
  const require = createRequire(import.meta.url);
  const program = process.platform === "win32" ? "anvil.exe" : "anvil";
  return join(dirname(require.resolve(`@foundry-rs/anvil-${platform}-${arch}/package.json`)), "bin", program);
}
