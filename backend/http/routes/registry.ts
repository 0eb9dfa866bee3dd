import * as z from "zod";
import { isQuorumOrder } from "../../domain/participants/quorumDecision.ts";
import { ROLES } from "../../domain/participants/roles.ts";
import type { JsonObject } from "../../domain/types.ts";
import { listParticipants } from "../../services/participants/listParticipants.ts";
import { readParticipant } from "../../services/participants/readParticipant.ts";
import { readRegistry } from "../../services/participants/readRegistry.ts";
import { approveProposal } from "../../services/proposals/approveProposal.ts";
import { listProposals } from "../../services/proposals/listProposals.ts";
import { proposeChange } from "../../services/proposals/proposeChange.ts";
import { proposeOrder } from "../../services/proposals/proposeOrder.ts";
import { readProposal } from "../../services/proposals/readProposal.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { submission } from "../schemas/custody.ts";
import {
  approval,
  participantHistory,
  participantList,
  proposalList,
  proposalState,
  quorumDecision,
  registry,
} from "../schemas/registry.ts";
import { flagText, hash, paging, participantIdText } from "../schemas/values.ts";

const record = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

export function registryRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, now } = dependencies;
  const writing = { ...dependencies, separator: dependencies.acceptor.separator };
  return [
    route({
      method: "get",
      path: "/v1/registry",
      operationId: "readRegistry",
      tag: "Participants",
      summary: "The contract, its governors, and how far this server follows it.",
      answers: { 200: { description: "The registry.", schema: registry } },
      crossOrigin: true,
      handle: async () => ({ status: 200, json: await readRegistry(database, deployment) }),
    }),
    route({
      method: "get",
      path: "/v1/participants",
      operationId: "listParticipants",
      tag: "Participants",
      summary: "Who was admitted, with which rights.",
      query: z.strictObject({ role: z.enum(ROLES).optional(), active: flagText.optional(), ...paging }),
      answers: { 200: { description: "A page of participants.", schema: participantList } },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: participants, ...rest } = await listParticipants(database, query);
        return { status: 200, json: { participants, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/participants/{id}",
      operationId: "readParticipant",
      tag: "Participants",
      summary: "A participant with every change of its rights and keys.",
      params: z.object({ id: participantIdText }),
      answers: { 200: { description: "The participant.", schema: participantHistory } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readParticipant(database, params.id) }),
    }),
    route({
      method: "get",
      path: "/v1/proposals",
      operationId: "listProposals",
      tag: "Participants",
      summary: "Proposals that were made here, or that the chain executed.",
      query: z.strictObject({ state: z.enum(["open", "executed"]).default("open"), ...paging }),
      answers: { 200: { description: "A page of proposals.", schema: proposalList } },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: proposals, ...rest } = await listProposals(dependencies, query, now());
        return { status: 200, json: { proposals, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/proposals/{digest}",
      operationId: "readProposal",
      tag: "Participants",
      summary: "A proposal and its approvals.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The proposal.", schema: proposalState } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: await readProposal(dependencies, params.digest, now()) }),
    }),
    route({
      method: "post",
      path: "/v1/proposals",
      operationId: "proposeChange",
      tag: "Participants",
      summary:
        "Propose a change of the registry, the release of a hold or a reassignment, approved by the governor who proposes it.",
      body: {
        schema: z
          .strictObject({
            proposal: quorumDecision,
            record: record.optional().meta({ description: "Of a participant, for a change of the registry." }),
            records: submission.shape.records.optional().meta({ description: "Of a reassignment, one per item." }),
            approvals: z.array(approval).max(20).default([]),
          })
          .refine(({ proposal, record, records }) => (isQuorumOrder(proposal) ? !record : !records), {
            message: "A change of the registry may have a record, a reassignment has records.",
          }),
      },
      answers: {
        200: { description: "Known already; approvals were added.", schema: proposalState },
        201: { description: "New.", schema: proposalState },
      },
      problems: [403, 404, 409, 413, 415, 422],
      async handle({ body }) {
        const { proposal, record, records = [], approvals } = body;
        const { created, proposal: state } = isQuorumOrder(proposal)
          ? await proposeOrder(writing, { proposal, records, approvals })
          : await proposeChange(writing, { proposal, record, approvals });
        return { status: created ? 201 : 200, json: state };
      },
    }),
    route({
      method: "post",
      path: "/v1/proposals/{digest}/approvals",
      operationId: "approveProposal",
      tag: "Participants",
      summary: "Approve as a governor; at the threshold it goes to the chain, or to the receiver of a reassignment.",
      params: z.object({ digest: hash }),
      body: { schema: approval },
      answers: { 200: { description: "The proposal with the approval.", schema: proposalState } },
      problems: [403, 404, 409, 413, 415, 422],
      handle: async ({ params, body }) => ({ status: 200, json: await approveProposal(writing, params.digest, body) }),
    }),
  ];
}
