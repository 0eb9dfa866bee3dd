import * as z from "zod";
import { finality, nextCursor, passportId, phase, shownHash, shownHead } from "./values.ts";

export const dppIdParam = z.string().min(1).max(200).meta({
  description: "The passport's URI, eip155:{chain}/erc721:{contract}/{token}, percent-encoded, or its id 0x….",
});
export const productIdParam = z.string().min(1).max(1000).meta({
  description: "The identifier on the battery (GS1 Digital Link, URN, DID, GB/T 34014 code, …), percent-encoded.",
});
export const representation = z.enum(["compressed", "full"]).default("compressed");

const envelope = {
  digitalProductPassportId: z.string(),
  uniqueProductIdentifier: z.string().nullable(),
  granularity: z.enum(["model", "batch", "item"]),
  dppSchemaVersion: z.string(),
  dppStatus: z.enum(["active", "inactive"]),
  lastUpdated: z.iso.datetime(),
  economicOperatorId: z.string(),
  economicOperatorName: z.string().nullable(),
  passportId,
  phase,
  contentAvailable: z.boolean(),
  contentSpecificationIds: z.array(z.string()).meta({ description: "Where the terms are explained." }),
};

export const dpp = z.looseObject(envelope).meta({
  id: "DigitalProductPassport",
  description: "EN 18223: envelope and public fields; `elements` in the full representation.",
});

export const claimant = z.object({
  digitalProductPassportId: z.string(),
  passportId,
  issuer: z.int(),
  phase,
  mintedBlock: z.int(),
});

const namedClaimant = claimant.extend({
  issuerNames: z
    .object({ en: z.string(), zh: z.string().optional() })
    .nullable()
    .optional()
    .meta({ description: "Where there are several claimants; null where the issuer's record is not here." }),
});

export const dppWithClaimants = z.looseObject({ ...envelope, claimants: z.array(namedClaimant) }).meta({
  id: "DigitalProductPassportByProduct",
  description: "The oldest active passport of the product; `claimants` lists every issuer's.",
});

export const elementPathParam = z.string().min(1).max(500).meta({
  description: "RFC 9535 JSONPath that names one place, such as `$.model.mass.value` or `$['model']`, percent-encoded.",
});

export const dataElement = z.looseObject({ elementId: z.string() }).meta({ id: "DataElement" });

export const dppIds = z.object({ dppIds: z.array(z.string()), nextCursor }).meta({ id: "DppIdPage" });

export const passportList = z
  .object({
    passports: z.array(
      z.looseObject({
        passportId,
        digitalProductPassportId: z.string(),
        uid: z.string().nullable(),
        batteryCode: z.string().nullable(),
        issuer: z.int(),
        custodian: z.int(),
        phase,
        held: z.boolean(),
        head: shownHead,
        length: z.int(),
      }),
    ),
    nextCursor,
  })
  .meta({ id: "PassportPage" });

export const custody = z
  .looseObject({
    passportId,
    head: shownHead,
    phase,
    custodian: z.int(),
    held: z.boolean(),
    hold: z
      .looseObject({
        counter: z.int(),
        regulator: z.int(),
        until: z.int(),
        reasonHash: shownHash,
        heldAt: z.int(),
      })
      .nullable()
      .meta({ description: "What stops the passport from moving now, until that second; null where nothing does." }),
    holds: z.int().meta({ description: "Number of the last hold; the next one has the number after it." }),
    steps: z.array(
      z.looseObject({
        sequence: z.int(),
        kind: z.string(),
        actor: z.int(),
        counterparty: z.int(),
        occurredAt: z.int(),
        recordedAt: z.int(),
        digest: shownHash,
        head: shownHead,
        prevHead: shownHead,
        recordHash: shownHash,
        block: z.object({ number: z.int(), hash: shownHash }),
        state: finality,
        inputs: z
          .array(passportId)
          .optional()
          .meta({ description: "Of a transformation: the passports that it ended." }),
        products: z
          .array(passportId)
          .optional()
          .meta({ description: "Of a transformation: the passports that it began." }),
      }),
    ),
  })
  .meta({ id: "Custody" });

export const verification = z
  .looseObject({
    verifiedBy: z.literal("operator").meta({ description: "This is the operator's own view: verify elsewhere." }),
    verdict: z.enum(["verified", "failed", "unavailable", "pending"]),
    checks: z.array(z.looseObject({ check: z.string(), status: z.string(), code: z.string(), reason: z.string() })),
  })
  .meta({ id: "VerificationReport" });

export const evidence = z
  .looseObject({ type: z.string(), chainId: z.int(), contract: z.string(), uid: z.string() })
  .meta({ id: "EvidenceBundle", description: "Unverified bytes: canonical JSON for a verifier." });
