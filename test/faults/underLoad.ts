import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { FaultWorld, Post } from "./faultWorld.ts";

/** What became of one request: a status, or the code of the error that its connection ended with. */
export type Sent = { readonly status: number; readonly retryAfter: string | undefined } | { readonly broken: string };

/** POSTs an event on a connection of its own, as a balancer does that keeps none. */
export function send(url: string, { body }: Pick<Post, "body">): Promise<Sent> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(`${url}/v1/custody-events`, { method: "POST", agent: false, headers }, (response) => {
      response.resume();
      response.once("error", (error: NodeJS.ErrnoException) => resolve({ broken: error.code ?? error.message }));
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] }),
      );
    });
    asked.once("error", (error: NodeJS.ErrnoException) => resolve({ broken: error.code ?? error.message }));
    asked.end(body);
  });
}

/** Every outcome with how often it was seen. */
export type Outcomes = Map<string, number>;

/**
 * Several clients that mint one item after the other until `running` says no, each repeating a post until it is answered
 * 202. `urls` are asked in turn: an address may come and go.
 * @returns what was acknowledged, and every other outcome
 */
export async function loadWith(
  world: Pick<FaultWorld, "mint">,
  options: {
    readonly clients: number;
    readonly items?: number;
    readonly urls: () => readonly string[];
    readonly running: () => boolean;
    /** Told of a connection that broke, before the event is posted again. */
    readonly onBroken?: (post: Post, code: string) => Promise<void>;
  },
): Promise<{ readonly acknowledged: Post[]; readonly others: Outcomes }> {
  const acknowledged: Post[] = [];
  const others: Outcomes = new Map();
  const client = async (number: number): Promise<void> => {
    for (let turn = number; options.running(); ) {
      const post = await world.mint(options.items ?? 1);
      for (let done = false; !done; turn++) {
        const urls = options.urls();
        const sent = await send(urls[turn % urls.length] as string, post);
        done = "status" in sent && sent.status === 202;
        if (done) acknowledged.push(post);
        else count(others, sent);
        if (!done) await pause(50);
        if ("broken" in sent) await options.onBroken?.(post, sent.broken);
      }
    }
  };
  await Promise.all(Array.from({ length: options.clients }, (_, number) => client(number)));
  return { acknowledged, others };
}

function count(others: Outcomes, sent: Sent): void {
  const key = "broken" in sent ? sent.broken : `${sent.status}${sent.retryAfter === undefined ? "" : " retry"}`;
  others.set(key, (others.get(key) ?? 0) + 1);
}
