import * as z from "zod";
import { custodyHeader, item } from "./custody.ts";
import { jsonObject, participantId, passportId, shownAddress, shownHash } from "./values.ts";

/** Twice as many as there are models of partners' documents. */
const MAX_DOCUMENTS = 16;
/** The contract takes no event that waits longer. */
const MAX_VALID_SECONDS = 30 * 24 * 3600;

export const documentMintRequest = z
  .strictObject({
    issuer: participantId.min(1).meta({ description: "Who mints: the participant whose signer will sign." }),
    documents: z
      .array(z.base64().min(1))
      .min(1)
      .max(MAX_DOCUMENTS)
      .meta({
        description:
          "Each document's bytes as its sender made them, in base64: Catena-X battery_pass 6.1.0 or Battery Pass 1.2, " +
          "UTF-8 or UTF-16, at most 512 KiB each.",
      }),
    uid: z.string().min(1).max(1000).optional().meta({
      description: "The identifier on the battery, if the documents name none or another one.",
    }),
    batteryCode: z.string().min(1).max(50).optional().meta({ description: "Its code by GB/T 34014." }),
    validSeconds: z
      .int()
      .min(60)
      .max(MAX_VALID_SECONDS)
      .default(7 * 24 * 3600)
      .meta({ description: "How long the event may wait for its block." }),
  })
  .meta({ id: "DocumentMintRequest" });

export const signingForm = z
  .object({
    domain: z.object({
      name: z.literal("BatteryPassport"),
      version: z.literal("1"),
      chainId: z.int(),
      verifyingContract: shownAddress,
    }),
    primaryType: z.string(),
    types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
    message: jsonObject,
  })
  .meta({ id: "SigningForm", description: "EIP-712 typed data, as wallets take it." });

export const documentMint = z
  .object({
    passportId,
    uid: z.string(),
    notices: z.array(z.object({ field: z.string(), rule: z.string(), message: z.string() })).meta({
      description: "Values that break the rule of our field and stay in their document alone.",
    }),
    record: jsonObject.meta({ description: "What will be public. `event.items[0].recordHash` is its hash." }),
    disclosures: z.array(z.string()).meta({ description: "Protected: each opens one withheld field." }),
    event: z.object({ ...custodyHeader, items: z.array(item) }),
    digest: shownHash.meta({ description: "EIP-712 digest of `signingForm`." }),
    signingForm,
  })
  .meta({ id: "DocumentMint" });
