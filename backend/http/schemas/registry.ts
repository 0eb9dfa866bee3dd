import * as z from "zod";
import { MAX_ITEMS } from "../../domain/custody/events.ts";
import type { Proposal } from "../../domain/participants/proposals.ts";
import type { QuorumOrder } from "../../domain/participants/quorumDecision.ts";
import { ROLES } from "../../domain/participants/roles.ts";
import { releaseByQuorum } from "./holds.ts";
import {
  address,
  bytes,
  finality,
  hash,
  head,
  jsonObject,
  nextCursor,
  passportId,
  shownAddress,
  shownHash,
  unixTime,
} from "./values.ts";

const id = z.int().min(1).max(0xffffff);
const roles = z.int().min(0).max(511).meta({ description: "Bitmap of roles." });
const common = { registryHead: hash, deadline: unixTime, recordHash: hash };

/** What governors sign, in the domain's own form. */
export const proposal = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("admission"),
      ...common,
      participantId: id,
      account: address,
      signer: address,
      roles,
    }),
    z.strictObject({ kind: z.literal("role-change"), ...common, participantId: id, roles }),
    z.strictObject({ kind: z.literal("suspension"), ...common, participantId: id }),
    z.strictObject({ kind: z.literal("reinstatement"), ...common, participantId: id }),
    z.strictObject({ kind: z.literal("signer-rotation"), ...common, participantId: id, signer: address }),
    z.strictObject({ kind: z.literal("account-change"), ...common, participantId: id, account: address }),
    z.strictObject({
      kind: z.literal("governor-change"),
      ...common,
      governors: z.array(address).min(2).max(20),
      threshold: z.int().min(2).max(20),
    }),
    z.strictObject({ kind: z.literal("succession"), ...common, successor: address }),
  ])
  .meta({ id: "Proposal" }) satisfies z.ZodType<Proposal>;

/** What governors order about passports. */
const quorumOrder = z
  .discriminatedUnion("kind", [
    releaseByQuorum,
    z.strictObject({
      kind: z.literal("reassignment"),
      actor: z.literal(0),
      counterparty: id,
      occurredAt: unixTime,
      deadline: unixTime,
      items: z
        .array(z.strictObject({ passportId, prevHead: head, recordHash: hash }))
        .min(1)
        .max(MAX_ITEMS),
    }),
  ])
  .meta({ id: "QuorumOrder" }) satisfies z.ZodType<QuorumOrder>;

/** Everything that governors sign. */
export const quorumDecision = z.discriminatedUnion("kind", [proposal, quorumOrder]);

export const approval = z.strictObject({ governor: address.optional(), signature: bytes });

export const proposalState = z
  .looseObject({
    digest: shownHash,
    proposal: z.looseObject({ kind: z.string() }),
    state: z.enum(["open", "approved", "superseded", "impossible", "expired", "executed"]),
    reason: z
      .object({ code: z.string(), detail: z.string() })
      .optional()
      .meta({ description: "Why it can never execute, where it is superseded or impossible." }),
    approvals: z.array(z.object({ governor: shownAddress, signature: z.string() })),
    threshold: z.int(),
    block: z.object({ number: z.int(), state: finality }).optional(),
  })
  .meta({ id: "ProposalState" });

export const proposalList = z.object({ proposals: z.array(proposalState), nextCursor });

const state = {
  account: shownAddress,
  signer: shownAddress,
  roles: z.array(z.enum(ROLES)),
  active: z.boolean(),
  recordHash: shownHash,
  head: shownHash,
};
export const participant = z.looseObject({ id, ...state, record: jsonObject.nullable() }).meta({ id: "Participant" });
export const participantList = z.object({ participants: z.array(participant), nextCursor });
export const participantHistory = z
  .looseObject({
    id,
    ...state,
    record: jsonObject.nullable(),
    history: z.array(z.looseObject({ cause: shownHash, ...state, changedAt: z.int(), state: finality })),
  })
  .meta({ id: "ParticipantHistory" });

export const registry = z
  .looseObject({
    chainId: z.int(),
    contract: shownAddress,
    codeHash: shownHash,
    deploymentBlock: z.int(),
    trustRoot: z.string(),
    registryHead: shownHash,
    governors: z.array(shownAddress),
    threshold: z.int(),
  })
  .meta({ id: "Registry" });
