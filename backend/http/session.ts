import type { IncomingMessage } from "node:http";
import { DomainError } from "../domain/errors.ts";
import { type Caller, readCaller } from "../services/access/caller.ts";
import type { AppDependencies } from "./dependencies.ts";

/**
 * The token of a request (RFC 6750, in the header only: an address is logged, and a cookie is sent by other sites too).
 * Throws `session-missing`.
 */
export function bearerToken(request: IncomingMessage): string {
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token !== undefined) return token;
  throw new DomainError("session-missing", "This needs a bearer token: sign in at /v1/session.");
}

/** Who makes a request. Throws `session-missing`, `session-invalid`, `session-revoked`. */
export const callerOf = ({ database, now }: AppDependencies, request: IncomingMessage): Promise<Caller> =>
  readCaller(database, bearerToken(request), now());
