import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DomainError } from "../domain/errors.ts";
import { serverLimits } from "../http/serverLimits.ts";

/** How long answers under way may take once the server stops. */
const DRAIN_MS = 1_500;

/** The HTTP server, listening from the first moment: a taken port is known before anything else is started. */
export interface Door {
  readonly port: number;
  /** From now on requests go to the app; until then everything but /livez is answered 503. */
  open(app: RequestListener): void;
  /** Takes no more requests, lets those under way finish for a moment, and closes. */
  close(): Promise<void>;
}

/** Errors: `port-not-usable`, one sentence with the port and the reason. */
export async function listen(port: number, host: string): Promise<Door> {
  let handle: RequestListener = whileStarting;
  const server = createServer(serverLimits, (request, response) => handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(notUsable(port, host, cause)));
    server.listen({ port, host, exclusive: true }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    open: (app) => {
      handle = app;
    },
    close: async () => await drain(server),
  };
}

function whileStarting(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/livez") {
    response.writeHead(200, { "content-type": "application/json" }).end('{"status":"alive"}\n');
    return;
  }
  const problem = { type: "about:blank", title: "Starting", status: 503, code: "starting" };
  const headers = { "content-type": "application/problem+json", "retry-after": "1" };
  response.writeHead(503, headers).end(`${JSON.stringify(problem)}\n`);
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

function notUsable(port: number, host: string, cause: NodeJS.ErrnoException): DomainError {
  const reasons: Record<string, string> = {
    EADDRINUSE: "another program listens there; stop that one, or set PORT to another port",
    EACCES: "this user may not listen there; set PORT to one above 1023",
    EADDRNOTAVAIL: "this machine has no such address; set HOST to one that it has",
  };
  const reason = reasons[cause.code ?? ""] ?? cause.message;
  return new DomainError(
    "port-not-usable",
    `Port ${port} on ${host} cannot be used: ${reason}.`,
    { port, host },
    { cause },
  );
}
