import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type TcpFaultProxy = {
  readonly port: number;
  /** New connections are refused at once, and those that are there break. */
  refuse(): void;
  /** Nothing passes any more in either direction, and no connection ends: half-open for both sides. */
  silence(which?: (connection: number) => boolean): void;
  /** Every piece arrives this much later. */
  delay(ms: number): void;
  /** As if there were no proxy; connections that were silenced stay so. */
  pass(): void;
  /** Breaks every connection that is there. */
  reset(): void;
  /** The next client message that contains these bytes is passed on, and its connection breaks before the answer. */
  cutAfter(bytes: string): Promise<void>;
  stop(): Promise<void>;
};

/** A proxy in front of a TCP service (PostgreSQL) that misbehaves as told. */
export async function startTcpFaultProxy(targetPort: number): Promise<TcpFaultProxy> {
  type Pair = { readonly id: number; readonly client: Socket; readonly server: Socket; silent: boolean };
  const pairs = new Set<Pair>();
  let connections = 0;
  let refusing = false;
  let delayMs = 0;
  let cut: { readonly bytes: Buffer; readonly done: () => void } | undefined;

  const breakOff = (pair: Pair): void => {
    pair.client.destroy();
    pair.server.destroy();
    pairs.delete(pair);
  };
  const pass = (pair: Pair, to: Socket, chunk: Buffer): void => {
    if (pair.silent) return;
    if (delayMs > 0) setTimeout(() => pair.silent || to.destroyed || to.write(chunk), delayMs).unref();
    else to.write(chunk);
  };

  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const pair: Pair = { id: ++connections, client, server: connect(targetPort, "127.0.0.1"), silent: false };
    pairs.add(pair);
    let cutHere: (() => void) | undefined;
    client.on("data", (chunk) => {
      if (cut?.bytes !== undefined && chunk.includes(cut.bytes)) {
        cutHere = cut.done;
        cut = undefined;
      }
      pass(pair, pair.server, chunk);
    });
    pair.server.on("data", (chunk) => {
      if (cutHere === undefined) return pass(pair, client, chunk);
      cutHere(); // it answers, so it is done
      breakOff(pair);
    });
    for (const socket of [client, pair.server]) {
      socket.on("error", () => breakOff(pair));
      socket.on("close", () => pair.silent || breakOff(pair));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reset = (): void => {
    for (const pair of pairs) breakOff(pair);
  };
  return {
    port: (server.address() as AddressInfo).port,
    refuse() {
      refusing = true;
      reset();
    },
    silence(which = () => true) {
      for (const pair of pairs) if (which(pair.id)) pair.silent = true;
    },
    delay(ms) {
      delayMs = ms;
    },
    pass() {
      refusing = false;
      delayMs = 0;
    },
    reset,
    cutAfter: (bytes) =>
      new Promise((resolve) => {
        cut = { bytes: Buffer.from(bytes), done: resolve };
      }),
    async stop() {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
