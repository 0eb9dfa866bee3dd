import * as z from "zod";
import { CUSTODY_KINDS, MAX_ITEMS } from "../../domain/custody/events.ts";
import type { JsonObject } from "../../domain/types.ts";
import {
  bitmap,
  bytes,
  jsonObject,
  participantId,
  passportId,
  shownAddress,
  shownHash,
  shownHead,
  unixTime,
} from "./values.ts";

const kind = z.enum(CUSTODY_KINDS.filter((one) => one !== "none"));

export const custodyHeader = {
  kind,
  actor: participantId,
  counterparty: participantId.optional(),
  occurredAt: unixTime,
  deadline: unixTime,
};

export const item = z.strictObject({ passportId, prevHead: shownHead, recordHash: shownHash });

export const signedEvent = z
  .strictObject({
    ...custodyHeader,
    items: z.array(item).min(1).max(MAX_ITEMS).meta({ description: "Strictly ascending by passport id." }),
    actorSignature: bytes,
    counterpartySignature: bytes.optional().meta({ description: "`0x` or absent: an offer." }),
    declined: bitmap.optional(),
  })
  .meta({ id: "SignedCustodyEvent" });

const recordWithDisclosures = z.strictObject({
  record: z.record(z.string(), z.unknown()).transform((record) => record as JsonObject),
  disclosures: z.array(z.string().max(1_500_000)).max(10_000).default([]),
});

export const submission = z
  .strictObject({
    event: signedEvent,
    records: z
      .array(recordWithDisclosures)
      .max(MAX_ITEMS)
      .meta({ description: "One per item, in item order; the bytes hashed are the record's canonical JSON." }),
    models: z
      .array(recordWithDisclosures)
      .max(MAX_ITEMS)
      .optional()
      .meta({ description: "Records of models that these records name by hash and that are not here yet." }),
  })
  .meta({ id: "Submission" });

export const receipt = z
  .looseObject({
    digest: shownHash,
    publisher: participantId,
    acceptedAt: unixTime,
    anchorBefore: unixTime,
    signer: shownAddress,
    signature: z.string(),
  })
  .meta({ id: "Receipt", description: "The operator's signed promise to anchor the event in time." });

export const accepted = z
  .looseObject({ digest: shownHash, state: z.enum(["accepted", "offered"]), receipt: receipt.optional() })
  .meta({ id: "Accepted" });

const itemStates = z.array(
  z.looseObject({
    passportId,
    position: z.int(),
    state: z.enum([
      "offered",
      "accepted",
      "sealed",
      "submitted",
      "included",
      "safe",
      "finalized",
      "declined",
      "rejected",
    ]),
    reason: z.string().optional(),
    block: z.object({ number: z.int(), hash: shownHash }).optional(),
  }),
);

export const pendingEvents = z
  .object({
    events: z.array(
      z.looseObject({
        digest: shownHash,
        kind,
        actor: participantId,
        counterparty: participantId,
        occurredAt: unixTime,
        deadline: unixTime,
        acceptedAt: unixTime,
        items: itemStates,
      }),
    ),
  })
  .meta({ id: "PendingEvents", description: "This operator's word: nothing in it can be verified yet." });

export const eventStatus = z
  .looseObject({
    digest: shownHash,
    kind,
    event: z.looseObject({}),
    receipt: receipt.optional(),
    items: itemStates,
    transactions: z.array(shownHash),
  })
  .meta({ id: "EventStatus" });

export const handover = z
  .looseObject({
    digest: shownHash,
    state: z.enum(["open", "accepted"]),
    event: z.looseObject({}),
    records: z.array(z.object({ record: jsonObject.nullable() })),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: "Handover" });
