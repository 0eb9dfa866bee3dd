import * as z from "zod";
import { readDisclosures } from "../../services/access/readDisclosures.ts";
import { passportIdFrom } from "../../services/passports/readDpp.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { disclosures } from "../schemas/access.ts";
import { dppIdParam } from "../schemas/passports.ts";
import { callerOf } from "../session.ts";

const byId = z.object({ dppId: dppIdParam });

/** What is withheld, for those who may read it. */
export function accessRoutes(dependencies: AppDependencies): Route[] {
  const { deployment, now } = dependencies;
  return [
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/disclosures",
      operationId: "readDisclosures",
      tag: "Access",
      summary: "The withheld fields that the caller is entitled to, grouped by record; the reading is logged.",
      params: byId,
      session: true,
      answers: { 200: { description: "The disclosures.", schema: disclosures } },
      problems: [404],
      async handle({ params, request }) {
        const caller = await callerOf(dependencies, request);
        const passportId = passportIdFrom(deployment, params.dppId);
        return { status: 200, json: await readDisclosures(dependencies, caller, passportId, now()) };
      },
    }),
  ];
}
