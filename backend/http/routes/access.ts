import * as z from "zod";
import { eraseDisclosures } from "../../services/access/eraseDisclosures.ts";
import { grantAccess, listGrants, revokeGrant } from "../../services/access/grants.ts";
import { readAccessLog } from "../../services/access/readAccessLog.ts";
import { readDisclosures } from "../../services/access/readDisclosures.ts";
import { passportIdFrom } from "../../services/passports/readDpp.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { accessEntry, disclosures, erasure, erasureRequest, grant } from "../schemas/access.ts";
import { dppIdParam } from "../schemas/passports.ts";
import { nextCursor, paging, participantId, participantIdText, unixTime } from "../schemas/values.ts";
import { callerOf } from "../session.ts";

const byId = z.object({ dppId: dppIdParam });

/** What is withheld, for those who may read it. */
export function accessRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, acceptor, now } = dependencies;
  const erasing = { ...dependencies, separator: acceptor.separator };
  const subjectOf = (dppId: string) => ({ passportId: passportIdFrom(deployment, dppId), now: now() });
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
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/grants",
      operationId: "listGrants",
      tag: "Access",
      summary: "Whom the custodian lets read what is individual to the battery.",
      params: byId,
      session: true,
      answers: { 200: { description: "The open grants.", schema: z.object({ grants: z.array(grant) }) } },
      problems: [403, 404],
      async handle({ params, request }) {
        const caller = await callerOf(dependencies, request);
        return { status: 200, json: { grants: await listGrants(database, caller, subjectOf(params.dppId)) } };
      },
    }),
    route({
      method: "post",
      path: "/v1/dpps/{dppId}/grants",
      operationId: "grantAccess",
      tag: "Access",
      summary: "Let a participant read what is individual to the battery, as its custodian; ends with the custody.",
      params: byId,
      session: true,
      body: { schema: z.strictObject({ participantId: participantId.min(1), expiresAt: unixTime.optional() }) },
      answers: { 201: { description: "Granted.", schema: grant } },
      problems: [403, 404, 413, 415, 422],
      async handle({ params, body, request }) {
        const caller = await callerOf(dependencies, request);
        return { status: 201, json: await grantAccess(database, caller, subjectOf(params.dppId), body) };
      },
    }),
    route({
      method: "delete",
      path: "/v1/dpps/{dppId}/grants/{participantId}",
      operationId: "revokeGrant",
      tag: "Access",
      summary: "Take a grant back.",
      params: z.object({ dppId: dppIdParam, participantId: participantIdText }),
      session: true,
      answers: { 204: { description: "Taken back." } },
      problems: [403, 404],
      async handle({ params, request }) {
        const caller = await callerOf(dependencies, request);
        await revokeGrant(database, caller, subjectOf(params.dppId), params.participantId);
        return { status: 204 };
      },
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/access-log",
      operationId: "readAccessLog",
      tag: "Access",
      summary: "Who read, granted and erased what of the passport, the newest first; for custodian and regulators.",
      params: byId,
      query: z.strictObject(paging),
      session: true,
      answers: {
        200: { description: "A page of the log.", schema: z.object({ entries: z.array(accessEntry), nextCursor }) },
      },
      problems: [403, 404],
      async handle({ params, query, request }) {
        const caller = await callerOf(dependencies, request);
        const { passportId } = subjectOf(params.dppId);
        return { status: 200, json: await readAccessLog(database, caller, passportId, query, now()) };
      },
    }),
    route({
      method: "post",
      path: "/v1/erasures",
      operationId: "eraseDisclosures",
      tag: "Access",
      summary: "Delete disclosures for good, signed for by the custodian or the record's author; proofs stay whole.",
      body: { schema: erasureRequest },
      answers: { 200: { description: "Deleted; a repeat gets the same answer.", schema: erasure } },
      problems: [403, 404, 413, 415, 422],
      handle: async ({ body }) => ({ status: 200, json: await eraseDisclosures(erasing, body) }),
    }),
  ];
}
