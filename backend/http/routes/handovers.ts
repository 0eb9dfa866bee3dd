import * as z from "zod";
import { acceptHandover } from "../../services/custody/acceptHandover.ts";
import { listHandovers, readHandover } from "../../services/custody/listHandovers.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { accepted, handover, submission } from "../schemas/custody.ts";
import { bitmap, bytes, hash, nextCursor, paging, participantIdText } from "../schemas/values.ts";

export function handoverRoutes(dependencies: AppDependencies): Route[] {
  const { database, now } = dependencies;
  return [
    route({
      method: "get",
      path: "/v1/handovers",
      operationId: "listHandovers",
      tag: "Custody",
      summary: "Handovers that their givers offered, by receiver or giver.",
      query: z.strictObject({
        to: participantIdText.optional(),
        from: participantIdText.optional(),
        state: z.enum(["open", "accepted"]).default("open"),
        ...paging,
      }),
      answers: {
        200: { description: "A page of offers.", schema: z.object({ handovers: z.array(handover), nextCursor }) },
      },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: handovers, ...rest } = await listHandovers(database, query, now());
        return { status: 200, json: { handovers, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/handovers/{digest}",
      operationId: "readHandover",
      tag: "Custody",
      summary: "One offer with its public records.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The offer.", schema: handover } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readHandover(database, params.digest) }),
    }),
    route({
      method: "post",
      path: "/v1/handovers/{digest}/acceptance",
      operationId: "acceptHandover",
      tag: "Custody",
      summary: "Accept an offer, wholly or but for declined items; at any operator, if the offer comes along.",
      params: z.object({ digest: hash }),
      body: {
        schema: z.strictObject({ declined: bitmap.default("0x0"), signature: bytes, offer: submission.optional() }),
      },
      answers: { 202: { description: "The handover is promised.", schema: accepted } },
      problems: [403, 404, 409, 413, 415, 422],
      handle: async ({ params, body }) => ({
        status: 202,
        json: await acceptHandover(dependencies, params.digest, body),
      }),
    }),
  ];
}
