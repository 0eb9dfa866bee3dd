import * as z from "zod";
import { readEvent } from "../../services/custody/readEvent.ts";
import { readReceipt } from "../../services/custody/readReceipt.ts";
import { acceptEntries, MAX_ENTRIES } from "../acceptEntries.ts";
import type { AppDependencies } from "../dependencies.ts";
import { JSON_TYPE, NDJSON_TYPE } from "../readBody.ts";
import { type Route, route } from "../route.ts";
import { accepted, eventStatus, receipt, submission } from "../schemas/custody.ts";
import { problemSchema } from "../schemas/problem.ts";
import { hash } from "../schemas/values.ts";

const result = accepted.partial().extend({ problem: problemSchema.optional() });

export function custodyEventRoutes(dependencies: AppDependencies): Route[] {
  const { database, acceptor } = dependencies;
  return [
    route({
      method: "post",
      path: "/v1/custody-events",
      operationId: "acceptCustodyEvents",
      tag: "Custody",
      summary: "Accept signed custody events: one, a list, or one a line. Idempotent by digest.",
      streamedBody: {
        [JSON_TYPE]: z.union([submission, z.array(submission).max(MAX_ENTRIES)]),
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
      handle: ({ request }) => acceptEntries(dependencies, request, submission, (entry) => acceptor.accept(entry)),
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
      summary: "The operator's signed promise about an event or a data record it accepted.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The receipt.", schema: receipt } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readReceipt(database, params.digest) }),
    }),
  ];
}
