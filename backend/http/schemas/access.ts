import * as z from "zod";
import { JURISDICTIONS } from "../../domain/access/tierPolicies.ts";
import { bytes, hash, jsonObject, participantId, passportId, shownHash, unixTime } from "./values.ts";

export const signInTerms = z
  .object({
    nonce: z.string(),
    expiresAt: z.iso.datetime(),
    domain: z.string(),
    uri: z.string(),
    chainId: z.int(),
    version: z.literal("1"),
    statement: z.string(),
  })
  .meta({ id: "SignInTerms", description: "What the EIP-4361 message must say besides address and times." });

export const session = z
  .object({ token: z.string(), participantId: z.int(), expiresAt: z.iso.datetime() })
  .meta({ id: "Session" });

export const disclosures = z
  .object({
    passportId,
    jurisdiction: z.enum(JURISDICTIONS),
    policy: z.string().meta({ description: "The access policy that was applied.", example: "eu/1" }),
    records: z.array(
      z.object({
        recordHash: shownHash,
        cid: z.string().meta({ description: "The record's public bytes, at /ipfs/{cid}." }),
        type: z.string(),
        events: z.array(shownHash).meta({ description: "Digests of the custody events that carry the record." }),
        dataRecords: z.array(shownHash).meta({ description: "Digests of the data records that carry it." }),
        disclosures: z.array(z.string()).meta({ description: "RFC 9901; each proves itself by its digest." }),
      }),
    ),
  })
  .meta({ id: "Disclosures", description: "Withheld fields that the caller is entitled to, by record." });

export const grant = z
  .object({ participantId: z.int(), grantedAt: z.iso.datetime(), expiresAt: z.iso.datetime().optional() })
  .meta({ id: "Grant" });

export const accessEntry = z
  .object({
    at: z.iso.datetime(),
    participantId: z.int(),
    action: z.enum(["read", "grant", "revoke", "erase", "read-log"]),
    details: jsonObject.meta({ description: "Hashes and ids, never a value." }),
  })
  .meta({ id: "AccessEntry" });

/** sha-256 in base64url, in its one spelling: the last of 43 characters has two bits that no byte needs. */
const disclosureDigest = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

export const erasureRequest = z
  .strictObject({
    participant: participantId.min(1),
    recordHash: hash,
    disclosures: z
      .array(disclosureDigest)
      .max(10_000)
      .refine((digests) => digests.every((digest, i) => i === 0 || (digests[i - 1] as string) < digest), "must ascend")
      .meta({ description: "Digests as they stand in the record, ascending; empty for all of the record." }),
    requestedAt: unixTime,
    signature: bytes,
  })
  .meta({ id: "SignedErasure", description: "EIP-712: Erasure(participant, recordHash, disclosures, requestedAt)." });

export const erasure = z
  .object({ digest: shownHash, recordHash: shownHash, erased: z.array(z.string()), erasedAt: z.iso.datetime() })
  .meta({ id: "Erasure" });
