import * as z from "zod";
import { MOST_PENDING, readPendingEvents } from "../../services/custody/pendingEvents.ts";
import { listPassports } from "../../services/passports/listPassports.ts";
import { readCustody } from "../../services/passports/readCustody.ts";
import { passportIdFrom } from "../../services/passports/readDpp.ts";
import { readEvidence } from "../../services/passports/readEvidence.ts";
import { readPassportReadiness } from "../../services/passports/readPassportReadiness.ts";
import { verificationReader } from "../../services/passports/readVerification.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { pendingEvents } from "../schemas/custody.ts";
import { custody, dppIdParam, evidence, passportList, verification } from "../schemas/passports.ts";
import { category, passportReadiness } from "../schemas/readiness.ts";
import { paging, participantIdText, phase } from "../schemas/values.ts";

const byId = z.object({ dppId: dppIdParam });

export function passportRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, now } = dependencies;
  const readVerification = verificationReader(dependencies);
  return [
    route({
      method: "get",
      path: "/v1/passports",
      operationId: "listPassports",
      tag: "Passports",
      summary: "Passports on the chain, by custodian, issuer, phase or identifier.",
      query: z.strictObject({
        custodian: participantIdText.optional(),
        issuer: participantIdText.optional(),
        phase: phase.optional(),
        uid: z.string().min(1).max(1000).optional(),
        batteryCode: z.string().min(1).max(50).optional(),
        ...paging,
      }),
      answers: { 200: { description: "A page of passports.", schema: passportList } },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: passports, ...rest } = await listPassports(database, deployment, query, now());
        return { status: 200, json: { passports, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/custody",
      operationId: "readCustody",
      tag: "Passports",
      summary: "The whole custody history, oldest first.",
      params: byId,
      answers: { 200: { description: "The history.", schema: custody } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        json: await readCustody(database, passportIdFrom(deployment, params.dppId), now()),
      }),
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/pending",
      operationId: "readPendingEvents",
      tag: "Passports",
      summary:
        "What this operator has accepted about the passport and is not final yet, or was rejected in the last week; " +
        `the latest ${MOST_PENDING} at most. Empty also for a passport that it does not know.`,
      params: byId,
      answers: { 200: { description: "The events, in the order of acceptance.", schema: pendingEvents } },
      crossOrigin: true,
      async handle({ params }) {
        const passportId = passportIdFrom(deployment, params.dppId);
        const events = await readPendingEvents(database, passportId, now());
        return { status: 200, json: { events }, headers: { "cache-control": "no-store" } };
      },
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/evidence",
      operationId: "readEvidence",
      tag: "Passports",
      summary: "Everything a verifier needs about a passport; unverified until verified.",
      params: byId,
      answers: { 200: { description: "The bundle, canonical JSON.", schema: evidence } },
      problems: [404],
      crossOrigin: true,
      async handle({ params }) {
        const bytes = await readEvidence(dependencies, passportIdFrom(deployment, params.dppId));
        return { status: 200, bytes, headers: { "content-type": "application/json; charset=utf-8" } };
      },
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/verification",
      operationId: "readVerification",
      tag: "Passports",
      summary: "The verifier run by this server against its own RPC: the operator's own view.",
      params: byId,
      answers: { 200: { description: "The report, check by check.", schema: verification } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        bytes: await readVerification(passportIdFrom(deployment, params.dppId)),
        headers: { "content-type": "application/json; charset=utf-8" },
      }),
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/readiness",
      operationId: "readReadiness",
      tag: "Passports",
      summary: "Which of the Commission's 71 data points the passport fills, by category, from what is public of it.",
      params: byId,
      query: z.strictObject({ category: category.optional() }),
      answers: { 200: { description: "Point by point, with the article.", schema: passportReadiness } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params, query }) => ({
        status: 200,
        json: await readPassportReadiness(database, passportIdFrom(deployment, params.dppId), query.category),
      }),
    }),
  ];
}
