/** The parts of an http or https link that identifiers use. `host` is in lower case, with a port unless it is the default. */
export interface HttpLink {
  readonly secure: boolean;
  readonly host: string;
  readonly path: string;
  /** Without its `?`; empty when there is none. */
  readonly query: string;
}

const LINK = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PATH_AND_QUERY = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/;

/**
 * Splits an ASCII http or https link and drops its fragment; undefined when it is none, or has what an identifier
 * must not have: user information, a trailing dot after the host, characters that RFC 3986 does not allow, dot
 * segments (`.` is a valid serial, but every reader of URLs drops it from a path, escaped or not).
 */
export function parseHttpLink(text: string): HttpLink | undefined {
  const match = LINK.exec(text);
  if (!match) return undefined;
  const [, scheme = "", authority = "", path = "", query = ""] = match;
  const secure = scheme.toLowerCase() === "https";
  const [name = "", port, ...rest] = authority.toLowerCase().split(":");
  if (!HOST.test(name) || rest.length > 0 || !PATH_AND_QUERY.test(path + query)) return undefined;
  if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)) return undefined;
  if (path.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return undefined;
  const host = port === undefined || port === (secure ? "443" : "80") ? name : `${name}:${port}`;
  return { secure, host, path, query };
}
