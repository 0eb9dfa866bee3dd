import { DomainError } from "../domain/errors.ts";

export type RpcRequest = { readonly method: string; readonly params: readonly unknown[] };

/** What a caller should do about a failure: ask again later, or give up because asking again cannot help. */
export type Advice = "retry" | "stop";

/**
 * Why a JSON-RPC request failed. Codes: rpc-unreachable, rpc-timeout, rpc-http-status, rpc-answer-too-large,
 * rpc-answer-malformed, and rpc-refused, where the node itself answered with an error (its `code` and `message` are in
 * the details).
 */
export class RpcError extends DomainError {
  readonly advice: Advice;

  constructor(
    code: string,
    message: string,
    advice: Advice,
    details: Record<string, unknown>,
    options?: { cause?: unknown },
  ) {
    super(code, message, details, options);
    this.name = "RpcError";
    this.advice = advice;
  }
}

/** One chain endpoint. Every answer is of unknown shape: it comes from a machine that need not be trusted. */
export type JsonRpc = {
  readonly url: string;
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Answers in the order of the requests; an error of one of them stands in its place instead of failing the rest. */
  batch(requests: readonly RpcRequest[]): Promise<(RpcError | { readonly result: unknown })[]>;
};

export type JsonRpcOptions = {
  readonly timeoutMs?: number;
  /** Longest answer that is read. */
  readonly maxAnswerBytes?: number;
};

/** Public endpoints, ours among them, cap batches and bodies; both limits are well below theirs. */
const MAX_BATCH = 40;
const MAX_BODY_CHARACTERS = 48_000;

/** A client for one endpoint by HTTP; connects per request and holds nothing open of its own. */
export function connectJsonRpc(url: string, options: JsonRpcOptions = {}): JsonRpc {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const maxAnswerBytes = options.maxAnswerBytes ?? 64 * 1024 * 1024;
  let nextId = 1;

  const post = async (body: string, methods: string): Promise<unknown> => {
    const where = { url: hideSecrets(url), method: methods };
    const signal = AbortSignal.timeout(timeoutMs);
    let text: string;
    try {
      const response = await fetch(url, { method: "POST", headers: JSON_HEADERS, body, signal });
      if (!response.ok) throw await httpError(response, where);
      text = await readCapped(response, maxAnswerBytes, where);
    } catch (error) {
      if (error instanceof RpcError) throw error;
      if (signal.aborted) {
        throw new RpcError("rpc-timeout", `The chain's RPC gave no answer within ${timeoutMs} ms.`, "retry", where);
      }
      throw new RpcError("rpc-unreachable", `The chain's RPC at ${where.url} cannot be reached.`, "retry", where, {
        cause: error,
      });
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new RpcError("rpc-answer-malformed", "The chain's RPC answered no JSON.", "retry", where, { cause });
    }
  };

  const sendPart = async (part: readonly Prepared[]): Promise<Outcome[]> => {
    const methods = [...new Set(part.map(({ method }) => method))].join(",");
    const answer = await post(`[${part.map(({ body }) => body).join(",")}]`, methods);
    const where = { url: hideSecrets(url), method: methods };
    if (!Array.isArray(answer)) {
      // A node that refuses the whole batch answers with one error object.
      if (isObject(answer) && answer.error !== undefined) throw refusal(answer.error, where);
      throw malformed("no list for a batch", where);
    }
    const byId = new Map<unknown, Record<string, unknown>>();
    for (const entry of answer) if (isObject(entry)) byId.set(entry.id, entry);
    return part.map(({ id, method }) => outcomeOf(byId.get(id), { ...where, method }));
  };

  const prepare = ({ method, params }: RpcRequest): Prepared => {
    const id = nextId++;
    return { id, method, body: JSON.stringify({ jsonrpc: "2.0", id, method, params }) };
  };

  return {
    url,
    async call(method, ...params) {
      const { id, body } = prepare({ method, params });
      const answer = await post(body, method);
      const where = { url: hideSecrets(url), method };
      if (isObject(answer) && answer.id !== id && answer.error === undefined) {
        throw malformed("another request's id", where);
      }
      const outcome = outcomeOf(isObject(answer) ? answer : undefined, where);
      if (outcome instanceof RpcError) throw outcome;
      return outcome.result;
    },
    async batch(requests) {
      const outcomes: Outcome[] = [];
      for (const part of splitBatch(requests.map(prepare))) outcomes.push(...(await sendPart(part)));
      return outcomes;
    },
  };
}

/** The results of a batch, when every one of them is needed: throws the first error. */
export async function batchAll(rpc: JsonRpc, requests: readonly RpcRequest[]): Promise<unknown[]> {
  return (await rpc.batch(requests)).map((outcome) => {
    if (outcome instanceof RpcError) throw outcome;
    return outcome.result;
  });
}

type Prepared = { readonly id: number; readonly method: string; readonly body: string };
type Outcome = RpcError | { readonly result: unknown };
type Where = { readonly url: string; readonly method: string };

const JSON_HEADERS = { "content-type": "application/json" };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const malformed = (what: string, where: Where): RpcError =>
  new RpcError("rpc-answer-malformed", `The chain's RPC answered with ${what}.`, "retry", where);

function* splitBatch(prepared: readonly Prepared[]): Generator<Prepared[]> {
  let part: Prepared[] = [];
  let characters = 0;
  for (const request of prepared) {
    if (part.length > 0 && (part.length >= MAX_BATCH || characters + request.body.length > MAX_BODY_CHARACTERS)) {
      yield part;
      part = [];
      characters = 0;
    }
    part.push(request);
    characters += request.body.length + 1;
  }
  if (part.length > 0) yield part;
}

function outcomeOf(answer: Record<string, unknown> | undefined, where: Where): Outcome {
  if (answer === undefined) return malformed("no object for a request", where);
  if (answer.error !== undefined && answer.error !== null) return refusal(answer.error, where);
  if (!("result" in answer)) return malformed("neither result nor error", where);
  return { result: answer.result };
}

/** Method unknown, parameters or request invalid (JSON-RPC 2.0, 5.1): the same request will never be answered. */
const HOPELESS = new Set([-32600, -32601, -32602]);

function refusal(error: unknown, where: Where): RpcError {
  const code = isObject(error) && typeof error.code === "number" ? error.code : 0;
  const reason = isObject(error) && typeof error.message === "string" ? error.message.slice(0, 500) : "";
  const advice = HOPELESS.has(code) ? "stop" : "retry";
  return new RpcError("rpc-refused", `The chain's RPC refused ${where.method}: ${reason}`, advice, {
    ...where,
    rpcCode: code,
    rpcMessage: reason,
  });
}

async function httpError(response: Response, where: Where): Promise<RpcError> {
  await response.body?.cancel();
  const { status } = response;
  const retryAfter = Number(response.headers.get("retry-after"));
  const advice = status === 429 || status === 408 || status >= 500 ? "retry" : "stop";
  return new RpcError("rpc-http-status", `The chain's RPC answered with HTTP status ${status}.`, advice, {
    ...where,
    status,
    ...(retryAfter > 0 ? { retryAfterMs: Math.min(retryAfter, 600) * 1000 } : {}),
  });
}

/** Reads the body and stops at the cap: a hostile endpoint could send without end. */
async function readCapped(response: Response, maxBytes: number, where: Where): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new RpcError("rpc-answer-too-large", "The chain's RPC answered with too many bytes.", "retry", {
        ...where,
        maxBytes,
      });
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** The endpoint without path and credentials, which often hold a key, for messages and logs. */
export function hideSecrets(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return "(malformed URL)";
  }
}
