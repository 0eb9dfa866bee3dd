import { type JsonRpc, RpcError } from "./jsonRpc.ts";

/** Something a person should know; requests go on at another endpoint meanwhile. */
export type EndpointTrouble = {
  readonly url: string;
  readonly code: string;
  readonly reason: string;
  /** How long the endpoint is left alone, in milliseconds. */
  readonly pauseMs: number;
};

export type FailoverOptions = {
  /** An endpoint that answers for another chain is never used; null while nobody knows which chain it must be. */
  readonly chainId: number | null;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  readonly onTrouble?: (trouble: EndpointTrouble) => void;
  /** First pause after a failure; doubles with every further one. */
  readonly pauseMs?: number;
  readonly longestPauseMs?: number;
};

const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Failures of the endpoint itself. A refusal (`rpc-refused`) is the chain's answer: another endpoint gives the same. */
const OF_THE_ENDPOINT = new Set([
  "rpc-unreachable",
  "rpc-timeout",
  "rpc-http-status",
  "rpc-answer-malformed",
  "rpc-answer-too-large",
]);

type Endpoint = { readonly rpc: JsonRpc; checked: boolean; failures: number; closedUntil: number };

/**
 * Several endpoints of one chain as one: asks the first that works and stays with it, because two endpoints may stand
 * at different blocks. An endpoint that fails is left alone for a while that doubles (or as long as its Retry-After
 * says), then tried again when it is needed. Sending a transaction a second time elsewhere is harmless: it is the same.
 *
 * Throws the last endpoint's `RpcError` when none works. While all of them pause, none is asked: the error then carries
 * `retryAfterMs`.
 */
export function failoverRpc(rpcs: readonly [JsonRpc, ...JsonRpc[]], options: FailoverOptions): JsonRpc {
  const { chainId, clock, onTrouble } = options;
  const firstPauseMs = options.pauseMs ?? PAUSE_MS;
  const longestPauseMs = options.longestPauseMs ?? LONGEST_PAUSE_MS;
  const endpoints: Endpoint[] = rpcs.map((rpc) => ({ rpc, checked: false, failures: 0, closedUntil: 0 }));
  let current = 0;

  const rest = (endpoint: Endpoint, error: RpcError): void => {
    endpoint.failures += 1;
    endpoint.checked = false; // what comes back at the same address may be another node
    const asked = error.details.retryAfterMs;
    const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(endpoint.failures - 1, 20));
    const pauseMs = typeof asked === "number" ? Math.max(asked, backoff) : backoff;
    endpoint.closedUntil = clock() + pauseMs;
    onTrouble?.({ url: new URL(endpoint.rpc.url).origin, code: error.code, reason: error.message, pauseMs });
  };

  const requireChain = async ({ rpc }: Endpoint): Promise<void> => {
    const found = await rpc.call("eth_chainId");
    if (typeof found === "string" && /^0x[0-9a-f]{1,12}$/.test(found) && Number(found) === chainId) return;
    throw new RpcError("rpc-answer-malformed", `An RPC answers for another chain than ${chainId}.`, "retry", {
      url: new URL(rpc.url).origin,
      chainId,
    });
  };

  const ask = async <T>(request: (rpc: JsonRpc) => Promise<T>): Promise<T> => {
    let failure: RpcError | undefined;
    for (let tried = 0; tried < endpoints.length; tried++) {
      const at = (current + tried) % endpoints.length;
      const endpoint = endpoints[at] as Endpoint;
      if (clock() < endpoint.closedUntil) continue;
      try {
        if (!endpoint.checked && chainId !== null) await requireChain(endpoint);
        endpoint.checked = true;
        const answer = await request(endpoint.rpc);
        endpoint.failures = 0;
        current = at;
        return answer;
      } catch (error) {
        if (!(error instanceof RpcError) || !OF_THE_ENDPOINT.has(error.code)) throw error;
        rest(endpoint, error);
        failure = error;
      }
    }
    throw failure ?? allPause();
  };

  const allPause = (): RpcError => {
    const retryAfterMs = Math.max(1, Math.min(...endpoints.map((one) => one.closedUntil)) - clock());
    const sentence = "Every RPC of the chain failed lately; they are asked again after a pause.";
    return new RpcError("rpc-unreachable", sentence, "retry", { retryAfterMs });
  };

  return {
    get url() {
      return (endpoints[current] as Endpoint).rpc.url;
    },
    call: (method, ...params) => ask((rpc) => rpc.call(method, ...params)),
    batch: (requests) => ask((rpc) => rpc.batch(requests)),
  };
}
