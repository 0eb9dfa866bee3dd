import * as z from "zod";
import { readIdentifier } from "../../services/identifiers/readIdentifier.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { identifier } from "../schemas/identifiers.ts";
import { productIdParam } from "../schemas/passports.ts";
import { flagText } from "../schemas/values.ts";

/** What an identifier says, and who claims it. */
export function identifierRoutes({ database }: AppDependencies): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/identifiers/{text}",
      operationId: "readIdentifier",
      tag: "Identifiers",
      summary: "An identifier taken apart: scheme, parts, check digits, claimants and look-alikes.",
      params: z.object({ text: productIdParam }),
      query: z.strictObject({ lenient: flagText.default(false) }),
      answers: { 200: { description: "The identifier.", schema: identifier } },
      crossOrigin: true,
      handle: async ({ params, query }) => ({ status: 200, json: await readIdentifier(database, params.text, query) }),
    }),
  ];
}
