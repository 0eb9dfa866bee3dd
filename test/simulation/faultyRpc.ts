import { type JsonRpc, RpcError } from "../../backend/chain/jsonRpc.ts";
import type { Chance } from "./chance.ts";

/** What an endpoint does to requests while faults are on, each with the probability of its weight. */
const WEIGHTS = { none: 70, unreachable: 8, limited: 4, lostAnswer: 8, garbled: 6, stale: 4 };

/** An endpoint of a real chain that fails as chance wants, in ways that real ones do. */
export type FaultyRpc = JsonRpc & { faults: boolean };

export function faultyRpc(rpc: JsonRpc, chance: Chance): FaultyRpc {
  const held = new Map<string, unknown>();

  const through = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const fault = faulty.faults ? chance.weighed(WEIGHTS) : "none";
    switch (fault) {
      case "unreachable":
        throw failure("rpc-unreachable");
      case "limited":
        throw failure("rpc-http-status", { status: 429, retryAfterMs: 1 });
      case "garbled":
        throw failure("rpc-answer-malformed");
      case "lostAnswer":
        await ask(); // done, and the client is not told
        throw failure("rpc-timeout");
      case "stale":
        if (held.has(name)) return held.get(name) as T;
    }
    const answer = await ask();
    held.set(name, answer);
    return answer;
  };

  const faulty: FaultyRpc = {
    url: rpc.url,
    faults: false,
    call: (method, ...params) => through(`${method} ${JSON.stringify(params)}`, () => rpc.call(method, ...params)),
    batch: (requests) => through(JSON.stringify(requests), () => rpc.batch(requests)),
  };
  return faulty;
}

const failure = (code: string, details: Record<string, unknown> = {}): RpcError =>
  new RpcError(code, "A fault of the simulation.", "retry", details);
