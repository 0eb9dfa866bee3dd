import type { IncomingMessage } from "node:http";
import type { Response } from "express";
import type * as z from "zod";

export type Method = "get" | "post" | "patch" | "delete";

/** What a handler answers; at most one of `json`, `bytes` and `stream`. */
export type Reply = {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | string;
  /** Writes the body itself, and ends it, when there is something to say. What it throws is a problem like any other. */
  readonly stream?: (response: Response) => void;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request after validation: nothing in it is raw but `request`, for what no schema can say (a streamed body). */
export type Asked<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: IncomingMessage;
};

/** One answer of a route, as the OpenAPI document shows it. */
export type Answer = {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly type?: string;
  /** Other media types of the same answer, by the client's choice. */
  readonly alsoAs?: readonly string[];
};

/** How a route's body is read and judged. */
export type BodySpec<B> = {
  readonly schema: z.ZodType<B>;
  readonly maxBytes?: number;
};

/**
 * One operation of the API. The schemas validate requests *and* are the OpenAPI document, so that the two cannot drift
 * apart.
 */
export type Route<P = unknown, Q = unknown, B = unknown> = {
  readonly method: Method;
  /** With OpenAPI's braces: `/v1/dpps/{dppId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  /** `ignore`: links are shared with parameters of others, which must not break them. */
  readonly unknownQuery?: "ignore";
  readonly body?: BodySpec<B>;
  /** A body that the handler reads itself; only documented here. */
  readonly streamedBody?: { readonly [type: string]: z.ZodType };
  readonly answers: { readonly [status: number]: Answer };
  /** Statuses of problems it may answer, besides 400, 429, 500 and 503, which every route may. */
  readonly problems?: readonly number[];
  /** Needs a bearer token, which the handler reads; the answer is kept by nobody in between. */
  readonly session?: true;
  /** Pages of other origins may read the answer, without credentials. */
  readonly crossOrigin?: boolean;
  readonly handle: (asked: Asked<P, Q, B>) => Promise<Reply>;
};

/** Keeps the types of one route's schemas and handler together, then forgets them: a list holds all kinds. */
export function route<P = unknown, Q = unknown, B = unknown>(definition: Route<P, Q, B>): Route {
  return definition as unknown as Route;
}
