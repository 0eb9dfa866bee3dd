import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type ForgetfulProxy = {
  readonly url: string;
  /** How many answers were lost so far. */
  readonly lost: () => number;
  stop(): Promise<void>;
};

/** Passes requests on, but loses the answer to every POST the first time it is sent: done, and the client not told. */
export async function startForgetfulProxy(target: string): Promise<ForgetfulProxy> {
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "GET", url = "/" } = request;
    const headers = { "content-type": request.headers["content-type"] ?? "application/json" };
    const answer = await fetch(target + url, method === "POST" ? { method, headers, body } : { headers });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const name = `${url} ${body.toString("latin1")}`;
    if (method === "POST" && !seen.has(name)) {
      seen.add(name);
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => seen.size,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
