import { connect, type Socket } from "node:net";

/** What a load came to; times in milliseconds. */
export type LoadResult = {
  readonly sent: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
};

export type Load = {
  readonly port: number;
  /** Whole HTTP/1.1 requests as bytes, made beforehand: making one must not cost the time in which it is sent. */
  readonly requests: readonly Uint8Array[];
  readonly connections: number;
  /**
   * Requests a second, each with the moment at which it is due. Its time counts from that moment, whether or not a
   * connection was free: a server that stalls is charged for all who waited (open loop). Null: as fast as it answers.
   */
  readonly perSecond: number | null;
  /** Told of every answer, with the moment at which its request was due. */
  readonly onAnswer?: (request: number, due: number) => void;
};

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** A whole HTTP/1.1 request. */
export function requestBytes(method: "GET" | "POST", path: string, body?: string): Uint8Array {
  const head = [`${method} ${path} HTTP/1.1`, "host: bench", "accept: application/json"];
  if (body !== undefined) {
    head.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

/** Sends the requests over kept connections, one at a time on each. A thin client: it shares the machine with the server. */
export async function sendLoad({ port, requests, connections, perSecond, onAnswer }: Load): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openSocket(port)));
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  const start = performance.now();
  let next = 0;

  const work = async (connection: Connection): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const due = perSecond === null ? performance.now() : start + (i * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const status = await connection.send(requests[i] as Uint8Array);
      times.push(performance.now() - due);
      onAnswer?.(i, due);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(sockets.map(work));
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.close();
  return { sent: times.length, perSecond: times.length / seconds, ...percentilesOf(times), statuses };
}

export function percentilesOf(times: readonly number[]): Pick<LoadResult, "p50" | "p99" | "slowest"> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), slowest: at(1) };
}

type Connection = {
  /** Resolves with the status when the whole answer is here. */
  send(request: Uint8Array): Promise<number>;
  close(): void;
};

function openSocket(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received: Buffer = Buffer.alloc(0);
    let answered: ((status: number) => void) | undefined;
    let failed: (error: Error) => void = reject;
    socket.on("error", (error) => failed(error));
    socket.on("close", () => failed(new Error("The server closed a connection under load.")));
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = received.toString("latin1", 0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return failed(new Error(`An answer without a length: ${head}`));
      if (received.length < end + 4 + length) return;
      received = received.subarray(end + 4 + length);
      answered?.(Number(head.slice(9, 12)));
    });
    socket.once("connect", () =>
      resolve({
        send: (request) =>
          new Promise((resolve, reject) => {
            answered = resolve;
            failed = reject;
            socket.write(request);
          }),
        close() {
          failed = () => undefined;
          socket.destroy();
        },
      }),
    );
  });
}
