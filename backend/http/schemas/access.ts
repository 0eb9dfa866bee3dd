import * as z from "zod";
import { JURISDICTIONS } from "../../domain/access/tierPolicies.ts";
import { passportId, shownHash } from "./values.ts";

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
        disclosures: z.array(z.string()).meta({ description: "RFC 9901; each proves itself by its digest." }),
      }),
    ),
  })
  .meta({ id: "Disclosures", description: "Withheld fields that the caller is entitled to, by record." });
