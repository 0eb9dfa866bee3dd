import type { Request, RequestHandler, Response } from "express";
import * as z from "zod";
import { DomainError } from "../domain/errors.ts";
import { JSON_TYPE, parseBody, readBody } from "./readBody.ts";
import type { Reply, Route } from "./route.ts";

/** Express's form of an OpenAPI path. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** The handler of one route: parse at the door, call the use case, write the reply. */
export function routeHandler(route: Route, maxBodyBytes: number): RequestHandler {
  return async (request, response) => {
    const params = judged(route.params, withoutNul({ ...request.params }, "path"), "path");
    const asked = withoutNul({ ...request.query }, "query");
    const query = judged(route.query ?? (route.unknownQuery ? z.unknown() : NO_QUERY), asked, "query");
    const body = await bodyOf(route, request, maxBodyBytes);
    if (route.session) response.set("cache-control", "no-store"); // also what it throws
    write(request, response, await route.handle({ params, query, body, request }));
  };
}

const NO_QUERY = z.strictObject({});

/** PostgreSQL has no text with U+0000 in it, so no value of ours has; bodies are refused by their own parser. */
function withoutNul<T extends object>(values: T, place: string): T {
  const found = Object.entries(values).find(([name, value]) => `${name}${value}`.includes("\0"));
  if (found === undefined) return values;
  const problems = [
    { path: `${place}.${found[0].replaceAll("\0", "")}`, message: "No value has the character U+0000." },
  ];
  throw new DomainError("request-invalid", `The request is not as documented: ${problems[0]?.path}.`, { problems });
}

async function bodyOf({ body }: Route, request: Request, maxBodyBytes: number): Promise<unknown> {
  if (body === undefined) return undefined;
  const text = await readBody(request, [JSON_TYPE], body.maxBytes ?? maxBodyBytes);
  return judged(body.schema, parseBody(text), "body");
}

/**
 * The value as the schema's type. Throws `request-invalid` with where and what, never with the value itself: it may be a
 * secret, and it may be two megabytes.
 */
export function judged<T>(schema: z.ZodType<T> | undefined, value: unknown, place: string): T {
  if (schema === undefined) return value as T;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ path: [place, ...path].join("."), message }));
  throw new DomainError("request-invalid", `The request is not as documented: ${problems[0]?.path}.`, { problems });
}

function write(request: Request, response: Response, { status, json, bytes, stream, headers = {} }: Reply): void {
  response.status(status).set(headers);
  if (bytes !== undefined && headers.etag !== undefined && hasAlready(request, headers.etag)) {
    response.status(304).end();
  } else if (stream !== undefined) stream(response);
  else if (bytes !== undefined) response.end(bytes);
  else if (json !== undefined) response.json(json);
  else response.end();
}

/**
 * Whether the client has the answer with this entity tag (RFC 9110, 13.1.2): then it is told only that it still holds.
 * Express would send it again to whoever also says `Cache-Control: no-cache`, as every `fetch` with a condition does.
 */
function hasAlready({ method, headers }: Request, etag: string): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const known = (headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*");
}
