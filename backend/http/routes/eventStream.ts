import type { Response } from "express";
import * as z from "zod";
import type { Hash } from "../../domain/types.ts";
import { createEventWatcher, type EventWatcher } from "../../services/custody/watchEvents.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";

const MOST_DIGESTS = 50;
const DIGESTS = new RegExp(`^0x[0-9a-f]{64}(,0x[0-9a-f]{64}){0,${MOST_DIGESTS - 1}}$`);
/** Proxies cut connections on which nothing comes. */
const SIGN_OF_LIFE_MS = 15_000;
/** Then the client comes back by itself, perhaps to another process. */
const LONGEST_MS = 600_000;
const COME_BACK_AFTER_MS = 1_000;
const BEGIN_AFTER_MS = 1_000;

/** The states of custody events as server-sent events (WHATWG HTML, 9.2). */
export function eventStreamRoutes({ database, log }: AppDependencies): Route[] {
  const watcher = createEventWatcher(database, (error) => log.warn({ err: error }, "watched events could not be read"));
  return [
    route({
      method: "get",
      path: "/v1/events",
      operationId: "watchCustodyEvents",
      tag: "Custody",
      summary:
        "Where the items of custody events stand, now and at every change: a stream, resumable by Last-Event-ID.",
      query: z.strictObject({
        digest: z
          .string()
          .regex(DIGESTS)
          .meta({ description: `Digests of the events, 1 to ${MOST_DIGESTS}, separated by commas.` }),
      }),
      answers: {
        200: {
          description:
            "Events named `state`, whose data is JSON: `digest` and `items` as in `GET /v1/custody-events/{digest}`. " +
            "Ends when every item is finalized, declined or rejected.",
          schema: z.string(),
          type: "text/event-stream",
        },
        204: { description: "Nothing more will change, and the client has seen it all: it need not come back." },
      },
      crossOrigin: true,
      async handle({ query, request }) {
        const digests = query.digest.split(",") as Hash[];
        const given = request.headers["last-event-id"];
        const since = typeof given === "string" ? given : null;
        return { status: 200, headers: STREAM, stream: (response) => stream(response, watcher, digests, since) };
      },
    }),
  ];
}

const STREAM = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no", // or nginx gathers what should arrive at once
};

function stream(response: Response, watcher: EventWatcher, digests: readonly Hash[], since: string | null): void {
  let begun = false;
  const begin = (): void => {
    if (!begun) response.write(`retry: ${COME_BACK_AFTER_MS}\n\n`);
    begun = true;
  };
  const watch = watcher.watch(digests, since, (event, marks) => {
    begin();
    response.write(`id: ${marks}\nevent: state\ndata: ${JSON.stringify(event)}\n\n`);
  });
  const alive = setInterval(() => {
    begin();
    response.write(":\n\n");
  }, SIGN_OF_LIFE_MS);
  // The answer's head must not wait for news; it waits only as long as it might still be a 204.
  const soon = setTimeout(begin, BEGIN_AFTER_MS);
  const longest = setTimeout(watch.stop, LONGEST_MS);
  response.once("close", watch.stop);
  void watch.ended.then(() => {
    clearInterval(alive);
    clearTimeout(soon);
    clearTimeout(longest);
    // A client that comes back after the end gets 204, at which it stays away (9.2.2).
    if (!begun && !response.headersSent) response.status(204);
    response.end();
  });
}
