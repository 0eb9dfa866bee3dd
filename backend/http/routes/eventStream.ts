import type { Request, Response } from "express";
import * as z from "zod";
import type { Hash, ParticipantId, PassportId } from "../../domain/types.ts";
import { MOST_FOLLOWED } from "../../services/custody/eventFeed.ts";
import { createEventWatcher, type Told, type Watch, type Watched } from "../../services/custody/watchEvents.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { participantIdText, passportId } from "../schemas/values.ts";

const MOST_DIGESTS = 50;
const DIGESTS = new RegExp(`^0x[0-9a-f]{64}(,0x[0-9a-f]{64}){0,${MOST_DIGESTS - 1}}$`);
/** Proxies cut connections on which nothing comes. */
const SIGN_OF_LIFE_MS = 15_000;
/** Then the client comes back by itself, perhaps to another process. */
const LONGEST_MS = 600_000;
const COME_BACK_AFTER_MS = 1_000;
const BEGIN_AFTER_MS = 1_000;

/** The states of custody events as server-sent events (WHATWG HTML, 9.2). */
export function eventStreamRoutes({ database, log, stopping }: AppDependencies): Route[] {
  const watcher = createEventWatcher(database, (error) => log.warn({ err: error }, "watched events could not be read"));
  stopping.addEventListener("abort", () => watcher.close(), { once: true });
  return [
    route({
      method: "get",
      path: "/v1/events",
      operationId: "watchCustodyEvents",
      tag: "Custody",
      summary:
        "Where the items of custody events stand, now and at every change: a stream, resumable by Last-Event-ID. " +
        "Of named events, or of what this operator has under way about a passport or for a participant, and of what " +
        "comes new while the stream is open.",
      query: z
        .strictObject({
          digest: z
            .string()
            .regex(DIGESTS)
            .optional()
            .meta({ description: `Digests of the events, 1 to ${MOST_DIGESTS}, separated by commas.` }),
          passport: passportId.optional(),
          participant: participantIdText.optional(),
        })
        .refine((query) => Object.values(query).filter((one) => one !== undefined).length === 1, {
          message: "Name what to watch: one of digest, passport and participant.",
        }),
      answers: {
        200: {
          description:
            "Events named `state`, whose data is JSON: `digest` and `items` as in `GET /v1/custody-events/{digest}`; " +
            "of a passport or participant also kind, parties and times, as in `GET /v1/dpps/{dppId}/pending`. " +
            "Where an item stands is told two or three times a second, not what it passed meanwhile: wait for a state or " +
            "any later one, in the order accepted, sealed, submitted, included, safe, finalized; a reorganisation takes " +
            "it back to submitted. " +
            "A stream of named events ends when every item is finalized, declined or rejected. Any other follows " +
            `${MOST_FOLLOWED} events at a time, the earlier accepted first, and goes on.`,
          schema: z.string(),
          type: "text/event-stream",
        },
        204: { description: "Nothing more will change, and the client has seen it all: it need not come back." },
      },
      crossOrigin: true,
      async handle({ query, request }) {
        const given = request.headers["last-event-id"];
        const since = typeof given === "string" ? given : null;
        const client = (request as Request).ip ?? "";
        const open = (told: Told) => watcher.watch(watchedBy(query), since, client, told);
        return { status: 200, headers: STREAM, stream: (response) => stream(response, open) };
      },
    }),
  ];
}

type Query = {
  readonly digest?: string | undefined;
  readonly passport?: PassportId | undefined;
  readonly participant?: ParticipantId | undefined;
};

function watchedBy({ digest, passport, participant = 0 }: Query): Watched {
  if (digest !== undefined) return { digests: digest.split(",") as Hash[] };
  return passport === undefined ? { participant } : { passport };
}

const STREAM = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no", // or nginx gathers what should arrive at once
};

function stream(response: Response, open: (told: Told) => Watch): void {
  let begun = false;
  const begin = (): void => {
    if (!begun) response.write(`retry: ${COME_BACK_AFTER_MS}\n\n`);
    begun = true;
  };
  const watch = open((event, marks) => {
    begin();
    response.write(`id: ${marks}\nevent: state\ndata: ${JSON.stringify(event)}\n\n`);
  });
  const showLife = (): void => {
    begin();
    // An id without data moves the client's Last-Event-ID alone (9.2.6).
    const marks = watch.marks();
    response.write(marks === null ? ":\n\n" : `id: ${marks}\n\n`);
  };
  const alive = setInterval(showLife, SIGN_OF_LIFE_MS);
  // The answer's head must not wait for news; it waits only as long as it might still be a 204.
  const soon = setTimeout(showLife, BEGIN_AFTER_MS);
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
