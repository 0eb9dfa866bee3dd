import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What happens to one request. Everything but `pass`, `delay` and `rewrite` loses its answer. */
export type HttpFault =
  | { readonly kind: "pass" }
  | { readonly kind: "delay"; readonly ms: number }
  /** Nothing is ever answered; the connection stays open. */
  | { readonly kind: "hang" }
  | { readonly kind: "reset" }
  /** The answer starts, and the connection breaks after so many bytes of it. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Done at the other end, and the client is not told. */
  | { readonly kind: "forwardThenReset" }
  | { readonly kind: "forwardThenHang" }
  /** Not passed on; answered like this. */
  | {
      readonly kind: "answer";
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  /** The same bytes over and over, until the client has enough. */
  | { readonly kind: "endless" }
  /** Something else is asked, and its answer given. */
  | { readonly kind: "ask"; readonly instead: (request: string) => string }
  /** Passed on, and the answer changed. */
  | { readonly kind: "rewrite"; readonly change: (answer: string, request: string) => string };

export type HttpFaultProxy = {
  readonly url: string;
  /** Decides about each request from now on; `request` is its body. */
  use(decide: (request: string, count: number) => HttpFault): void;
  set(fault: HttpFault): void;
  /** From now on requests go there: another node behind the same address. */
  upstream(url: string): void;
  requests(): number;
  stop(): Promise<void>;
};

/** A proxy in front of an HTTP service (an RPC, Kubo, another operator) that misbehaves as told. */
export async function startHttpFaultProxy(target: string): Promise<HttpFaultProxy> {
  let upstream = target;
  let count = 0;
  let decide: (request: string, count: number) => HttpFault = () => ({ kind: "pass" });

  const forward = async (request: IncomingMessage, body: Buffer): Promise<{ status: number; bytes: Buffer }> => {
    const method = request.method ?? "GET";
    const response = await fetch(upstream + (request.url === "/" ? "" : (request.url ?? "")), {
      method,
      headers: { "content-type": request.headers["content-type"] ?? "application/json" },
      ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
    });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const fault = decide(body.toString("latin1"), ++count);
    switch (fault.kind) {
      case "hang":
        return;
      case "reset":
        request.socket.destroy();
        return;
      case "answer":
        response.writeHead(fault.status ?? 200, { "content-type": "application/json", ...fault.headers });
        response.end(fault.body);
        return;
      case "endless":
        return sendWithoutEnd(response);
      case "delay":
        await pause(fault.ms);
    }
    const asked = fault.kind === "ask" ? Buffer.from(fault.instead(body.toString("utf8"))) : body;
    const { status, bytes } = await forward(request, asked);
    if (fault.kind === "forwardThenHang") return;
    if (fault.kind === "forwardThenReset") {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { "content-type": "application/json" });
    if (fault.kind === "cut") {
      response.write(bytes.subarray(0, fault.afterBytes), () => request.socket.destroy());
      return;
    }
    response.end(fault.kind === "rewrite" ? fault.change(bytes.toString("utf8"), body.toString("utf8")) : bytes);
  };

  const server = createServer((request, response) => {
    // An upstream that is away, or a client that has gone: a broken connection either way.
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use(next) {
      decide = next;
    },
    set(fault) {
      decide = () => fault;
    },
    upstream(url) {
      upstream = url;
    },
    requests: () => count,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendWithoutEnd(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  const piece = Buffer.alloc(1024 * 1024, " ");
  while (!response.destroyed) {
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        response.once("drain", resolve);
        response.once("close", resolve);
      });
    }
  }
}
