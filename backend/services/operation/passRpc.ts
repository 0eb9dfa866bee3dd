import type { JsonRpc } from "../../chain/jsonRpc.ts";
import { RpcError } from "../../chain/jsonRpc.ts";
import type { Address, JsonValue } from "../../domain/types.ts";

/** What a verifier needs to ask a chain; nothing that sends, traces, subscribes or names an account. */
const READ_ONLY = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getCode",
  "eth_getLogs",
  "eth_getTransactionReceipt",
  "net_version",
]);

export type PassedRequest = {
  readonly id: string | number | null;
  readonly method: string;
  readonly params: readonly JsonValue[];
};
export type PassedAnswer = { readonly jsonrpc: "2.0"; readonly id: string | number | null } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
);

/**
 * Passes read-only requests on to this operator's chain RPC, so that a phone can verify against something before it has
 * an RPC of its own. Calls and logs are for the contract served here only: this is no public RPC for everything.
 * @returns answers in order; the node's own URL and its other words never reach the caller
 */
export async function passRpc(
  rpc: Pick<JsonRpc, "batch">,
  contract: Address,
  requests: readonly PassedRequest[],
): Promise<PassedAnswer[]> {
  const refusals = requests.map((request) => refusalOf(request, contract));
  const allowed = requests.filter((_, i) => refusals[i] === null);
  const outcomes =
    allowed.length === 0 ? [] : await rpc.batch(allowed.map(({ method, params }) => ({ method, params })));
  let next = 0;
  return requests.map(({ id }, i): PassedAnswer => {
    const refusal = refusals[i] ?? null;
    if (refusal !== null) return { jsonrpc: "2.0", id, error: refusal };
    const outcome = outcomes[next++];
    if (outcome === undefined || outcome instanceof RpcError) return { jsonrpc: "2.0", id, error: errorOf(outcome) };
    return { jsonrpc: "2.0", id, result: outcome.result };
  });
}

/** JSON-RPC 2.0, 5.1: -32601 method not found, -32602 invalid params. */
function refusalOf({ method, params }: PassedRequest, contract: Address): { code: number; message: string } | null {
  if (!READ_ONLY.has(method))
    return { code: -32601, message: "This pass-through only reads; the method is not allowed." };
  const [first] = params;
  const asked = typeof first === "object" && first !== null && !Array.isArray(first) ? (first as object) : {};
  const target =
    method === "eth_call"
      ? Reflect.get(asked, "to")
      : method === "eth_getLogs"
        ? Reflect.get(asked, "address")
        : contract;
  const targets: unknown[] = Array.isArray(target) ? target : [target];
  const isOurs = (one: unknown): boolean => typeof one === "string" && one.toLowerCase() === contract;
  if (targets.length > 0 && targets.every(isOurs)) return null;
  return { code: -32602, message: `This pass-through only reads the contract ${contract}.` };
}

function errorOf(error: RpcError | undefined): { code: number; message: string } {
  const { rpcCode, rpcMessage } = error?.details ?? {};
  if (typeof rpcCode === "number" && typeof rpcMessage === "string") return { code: rpcCode, message: rpcMessage };
  return { code: -32000, message: "The chain's RPC gave no answer." };
}
