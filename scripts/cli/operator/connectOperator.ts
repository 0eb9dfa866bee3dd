import { setTimeout as wait } from "node:timers/promises";
import { DomainError } from "../../../backend/domain/errors.ts";

/** An operator's HTTP API. What it answers is of unknown shape and unproven: callers parse it, and check what they sign. */
export type Operator = {
  readonly url: string;
  readonly get: (path: string) => Promise<unknown>;
  readonly getBytes: (path: string, maxBytes?: number) => Promise<Uint8Array>;
  readonly post: (path: string, body: unknown) => Promise<unknown>;
  /** Calls `heard` at every server-sent event of a path, until `signal` ends it. Ends quietly where there is no stream. */
  readonly listen: (path: string, heard: () => void, signal: AbortSignal) => Promise<void>;
  /** Bytes as they are. */
  readonly postBytes: (path: string, bytes: Uint8Array) => Promise<unknown>;
  readonly delete: (path: string) => Promise<void>;
  /** The same operator, asked as whoever signed in. */
  readonly withToken: (token: string) => Operator;
};

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** A server that starts, or is behind, says when to come back; everything posted here is idempotent by its digest. */
const TRIES = 6;
const LONGEST_WAIT_MS = 5_000;

/**
 * A client for one operator.
 * @param url base URL, such as http://127.0.0.1:8080
 * @param token of a session, sent with every request
 * Its functions throw `operator-unreachable`, `operator-answer-malformed`, and whatever code the operator's problem
 * document names (with the document's values as details).
 */
export function connectOperator(url: string, token?: string): Operator {
  const session = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const base = url.replace(/\/+$/, "");
  const ask = async (path: string, init: RequestInit, maxBytes: number): Promise<Uint8Array> => {
    for (let tries = 1; ; tries++) {
      const response = await send(base, path, { ...init, headers: { ...init.headers, ...session } });
      const again = (response.status === 503 || response.status === 429) && tries < TRIES;
      if (!again) {
        const bytes = await readCapped(response, maxBytes);
        if (response.ok) return bytes;
        throw problemOf(base, response.status, bytes);
      }
      await response.body?.cancel();
      const seconds = Number(response.headers.get("retry-after"));
      await wait(Math.min(seconds > 0 ? seconds * 1000 : 1000, LONGEST_WAIT_MS));
    }
  };
  const accept = { accept: "application/json" };
  return {
    url: base,
    get: async (path) => parse(base, await ask(path, { headers: accept }, MOST_BYTES)),
    getBytes: (path, maxBytes = MOST_BYTES) => ask(path, {}, maxBytes),
    listen: async (path, heard, signal) => {
      try {
        const response = await fetch(`${base}${path}`, { headers: { accept: "text/event-stream" }, signal });
        if (response.status !== 200) return void (await response.body?.cancel());
        for await (const _chunk of response.body ?? []) heard();
      } catch {
        // whoever waits asks now and then anyway
      }
    },
    post: async (path, body) => {
      const headers = { ...accept, "content-type": "application/json" };
      return parse(base, await ask(path, { method: "POST", headers, body: JSON.stringify(body) }, MOST_BYTES));
    },
    postBytes: async (path, bytes) => {
      const headers = { ...accept, "content-type": "application/octet-stream" };
      return parse(base, await ask(path, { method: "POST", headers, body: Buffer.from(bytes) }, MOST_BYTES));
    },
    delete: async (path) => void (await ask(path, { method: "DELETE", headers: accept }, MOST_BYTES)),
    withToken: (granted) => connectOperator(url, granted),
  };
}

async function send(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new DomainError("operator-unreachable", `The operator ${base} gives no answer.`, { url: base }, { cause });
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new DomainError("operator-answer-malformed", "The operator answers too many bytes.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(base: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const sentence = `The operator ${base} answered something that is no JSON.`;
    throw new DomainError("operator-answer-malformed", sentence, { url: base }, { cause });
  }
}

/** RFC 9457: the operator's own code and sentence; a proxy in between may answer in any other way. */
function problemOf(base: string, status: number, bytes: Uint8Array): DomainError {
  try {
    const problem = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { code, detail, title, type, values } = problem;
    if (typeof code === "string") {
      const sentence = typeof detail === "string" ? detail : String(title ?? `The operator answered ${status}.`);
      return new DomainError(code, sentence, { ...(values as object | undefined), status, type });
    }
  } catch {
    // no problem document: the same answer
  }
  const sentence = `The operator ${base} answered with HTTP status ${status}.`;
  return new DomainError("operator-answer-malformed", sentence, { url: base, status });
}
