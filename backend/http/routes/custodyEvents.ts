import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { DomainError } from "../../domain/errors.ts";
import { parseJsonStrict } from "../../domain/records/jsonText.ts";
import type { AcceptOutcome } from "../../services/custody/acceptCustodyEvents.ts";
import { readEvent } from "../../services/custody/readEvent.ts";
import { readReceipt } from "../../services/custody/readReceipt.ts";
import type { AppDependencies } from "../dependencies.ts";
import { judged } from "../mountRoute.ts";
import { type Problem, problemOf } from "../problems.ts";
import { JSON_TYPE, NDJSON_TYPE, parseBody, readBody } from "../readBody.ts";
import { type Reply, type Route, route } from "../route.ts";
import { accepted, eventStatus, receipt, submission } from "../schemas/custody.ts";
import { problemSchema } from "../schemas/problem.ts";
import { hash } from "../schemas/values.ts";

const MAX_EVENTS = 1000;

const result = accepted.partial().extend({ problem: problemSchema.optional() });

export function custodyEventRoutes(dependencies: AppDependencies): Route[] {
  const { database, acceptor, publicUrl, maxBodyBytes } = dependencies;

  const acceptOne = async (value: unknown): Promise<AcceptOutcome> =>
    acceptor.accept(judged(submission, value, "body"));

  const acceptEntry = async (entry: () => unknown): Promise<AcceptOutcome | { problem: Problem }> => {
    try {
      return await acceptOne(entry());
    } catch (error) {
      const problem = problemOf(error, publicUrl);
      if (problem.status === 500) dependencies.log.error({ err: error }, "an event could not be accepted");
      return { problem };
    }
  };

  /** Each event stands alone: one that is refused does not hold up its neighbours. */
  const acceptMany = async (entries: readonly (() => unknown)[]): Promise<Reply> => {
    if (entries.length > MAX_EVENTS) {
      throw new DomainError("too-many-events", `One request takes at most ${MAX_EVENTS} events.`, {
        events: entries.length,
      });
    }
    const results: Promise<AcceptOutcome | { problem: Problem }>[] = [];
    for (const entry of entries) {
      results.push(acceptEntry(entry));
      // Checking an event takes a millisecond or more; others' requests get their turn between two.
      await setImmediate();
    }
    return { status: 200, json: { results: await Promise.all(results) } };
  };

  return [
    route({
      method: "post",
      path: "/v1/custody-events",
      operationId: "acceptCustodyEvents",
      tag: "Custody",
      summary: "Accept signed custody events: one, a list, or one a line. Idempotent by digest.",
      streamedBody: {
        [JSON_TYPE]: z.union([submission, z.array(submission).max(MAX_EVENTS)]),
        [NDJSON_TYPE]: z.string(),
      },
      answers: {
        200: {
          description: "A result for each of several events, in order.",
          schema: z.object({ results: z.array(result) }),
        },
        202: { description: "Promised (with a receipt), or kept as an offer.", schema: accepted },
      },
      problems: [403, 409, 413, 415, 422],
      async handle({ request }) {
        const body = await readBody(request, [JSON_TYPE, NDJSON_TYPE], maxBodyBytes);
        if (body.type === NDJSON_TYPE) {
          const lines = body.text.split("\n").filter((line) => line.trim() !== "");
          return acceptMany(lines.map((line) => () => parseJsonStrict(line)));
        }
        const value = parseBody(body);
        if (Array.isArray(value)) return acceptMany(value.map((entry) => () => entry));
        return { status: 202, json: await acceptOne(value) };
      },
    }),
    route({
      method: "get",
      path: "/v1/custody-events/{digest}",
      operationId: "readCustodyEvent",
      tag: "Custody",
      summary: "What became of an event, item by item.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The event and its state.", schema: eventStatus } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readEvent(database, params.digest) }),
    }),
    route({
      method: "get",
      path: "/v1/receipts/{digest}",
      operationId: "readReceipt",
      tag: "Custody",
      summary: "The operator's signed promise about an event it accepted.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The receipt.", schema: receipt } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readReceipt(database, params.digest) }),
    }),
  ];
}
