import * as z from "zod";
import type { HoldOrder } from "../../domain/custody/holds.ts";
import { hash, passportId, shownHash, unixTime } from "./values.ts";

const regulator = z.int().min(1).max(0xffffff).meta({ description: "Participant id of the regulator." });
const common = {
  passportId,
  counter: z
    .int()
    .min(1)
    .max(0xffffffff)
    .meta({ description: "A hold's is the passport's last plus one; its release has the same." }),
  reasonHash: hash,
  deadline: unixTime,
};

/** What a regulator signs, in the domain's own form. */
export const holdOrder = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("hold"),
      ...common,
      regulator,
      until: unixTime.meta({ description: "Last second of the hold, at most 180 days ahead." }),
    }),
    z.strictObject({ kind: z.literal("release"), ...common, regulator }),
  ])
  .meta({ id: "HoldOrder" }) satisfies z.ZodType<HoldOrder>;

/** What governors sign to end a hold: the same, by nobody in particular. */
export const releaseByQuorum = z.strictObject({ kind: z.literal("release"), ...common, regulator: z.literal(0) });

export const holdOrderState = z
  .looseObject({
    digest: shownHash,
    order: z.looseObject({ kind: z.enum(["hold", "release"]) }),
    state: z.enum(["accepted", "submitted", "included", "safe", "finalized", "superseded", "expired"]),
    block: z.object({ number: z.int() }).optional(),
  })
  .meta({ id: "HoldOrderState" });
