import * as z from "zod";
import { claimant } from "./passports.ts";
import { passportId } from "./values.ts";

export const identifier = z
  .object({
    identifier: z.looseObject({
      scheme: z.enum(["gs1", "gbt34014", "urn", "did", "iec61406", "uscc", "lei"]),
      uid: z.string().meta({ description: "Its one normalised spelling." }),
      granularity: z.enum(["model", "batch", "item", "organisation"]),
      parts: z.looseObject({}).meta({ description: "What it says, by scheme." }),
    }),
    corrections: z
      .array(z.object({ position: z.int(), written: z.string(), read: z.string() }))
      .meta({ description: "What a lenient reading mended; position 0 is the whole text." }),
    claimants: z.array(claimant.omit({ digitalProductPassportId: true })),
    lookAlikes: z
      .array(z.object({ uid: z.string(), passportId, issuer: z.int() }))
      .meta({ description: "Other identifiers that people or cameras could take for it." }),
  })
  .meta({ id: "Identifier" });
