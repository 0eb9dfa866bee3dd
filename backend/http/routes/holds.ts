import * as z from "zod";
import { acceptHoldOrder } from "../../services/holds/acceptHoldOrder.ts";
import { readHoldOrder } from "../../services/holds/readHoldOrder.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { holdOrder, holdOrderState } from "../schemas/holds.ts";
import { bytes, hash } from "../schemas/values.ts";

export function holdRoutes(dependencies: AppDependencies): Route[] {
  const { database, now } = dependencies;
  const accepting = { ...dependencies, separator: dependencies.acceptor.separator };
  return [
    route({
      method: "post",
      path: "/v1/holds",
      operationId: "acceptHoldOrder",
      tag: "Custody",
      summary: "Put a regulator's signed hold or release on chain. Idempotent by digest.",
      body: { schema: z.strictObject({ order: holdOrder, signature: bytes }) },
      answers: { 202: { description: "Taken; it goes to the chain.", schema: holdOrderState } },
      problems: [403, 404, 409, 413, 415, 422],
      handle: async ({ body }) => ({ status: 202, json: await acceptHoldOrder(accepting, body) }),
    }),
    route({
      method: "get",
      path: "/v1/holds/{digest}",
      operationId: "readHoldOrder",
      tag: "Custody",
      summary: "What became of a hold or release that was taken here.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The order and its state.", schema: holdOrderState } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readHoldOrder(database, params.digest, now()) }),
    }),
  ];
}
