import * as z from "zod";
import type { JsonObject } from "../../domain/types.ts";
import { receipt } from "./custody.ts";
import { bytes, finality, jsonObject, nextCursor, participantId, passportId, shownHash, unixTime } from "./values.ts";

export const signedDataRecord = z
  .strictObject({
    subjectId: passportId,
    author: participantId,
    occurredAt: unixTime,
    recordHash: shownHash,
    signature: bytes.meta({ description: "65 bytes by the author's current signer." }),
  })
  .meta({ id: "SignedDataRecord" });

export const dataRecordSubmission = z
  .strictObject({
    dataRecord: signedDataRecord,
    record: z.record(z.string(), z.unknown()).transform((record) => record as JsonObject),
    disclosures: z.array(z.string().max(1_500_000)).max(10_000).default([]),
  })
  .meta({ id: "DataRecordSubmission", description: "The bytes hashed are the record's canonical JSON." });

export const acceptedDataRecord = z
  .looseObject({ digest: shownHash, state: z.literal("accepted"), receipt })
  .meta({ id: "AcceptedDataRecord" });

const block = z.object({ number: z.int(), hash: shownHash });
const state = z.enum(["accepted", "sealed", "submitted", ...finality.options]);
const place = z.looseObject({
  publisher: participantId,
  sequence: z.int(),
  leafIndex: z.int(),
  root: shownHash,
  count: z.int(),
  accumulator: shownHash,
  block,
});

export const dataRecordState = z
  .looseObject({
    digest: shownHash,
    state,
    dataRecord: signedDataRecord,
    record: jsonObject.nullable().meta({ description: "Its public part: what kind of record it is, is withheld." }),
    receipt: receipt.optional(),
    anchor: place
      .extend({
        proof: z.array(shownHash).meta({ description: "RFC 9162, from the leaf to the root." }),
      })
      .optional(),
    transactions: z.array(shownHash),
  })
  .meta({ id: "DataRecordState" });

export const dataRecordList = z.object({
  dataRecords: z.array(
    z.looseObject({ digest: shownHash, state, dataRecord: signedDataRecord, anchor: place.optional() }),
  ),
  nextCursor,
});

export const anchor = z
  .looseObject({
    publisher: participantId,
    sequence: z.int().meta({ description: "Place among the publisher's anchors, from 0." }),
    state: finality,
    block,
    transaction: shownHash,
    root: shownHash,
    count: z.int(),
    prevAccumulator: shownHash,
    accumulator: shownHash,
    signature: z.string(),
    manifest: z.looseObject({
      hash: shownHash,
      cid: z.string(),
      state: z.enum(["here", "missing"]),
      reason: z.string().optional(),
    }),
  })
  .meta({ id: "Anchor" });

export const anchorList = z.object({ anchors: z.array(anchor), nextCursor });
