import type { ServerOptions } from "node:http";

/**
 * Limits for `http.createServer`: how long a client may take to send (slowloris), and how large its headers may be.
 * `requireHostHeader` and the strict parser refuse what could be read in two ways (RFC 9112, 6.3).
 */
export const serverLimits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  requireHostHeader: true,
  insecureHTTPParser: false,
};
