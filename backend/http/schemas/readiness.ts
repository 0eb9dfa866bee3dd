import * as z from "zod";
import { CATEGORIES } from "../../domain/dataPoints/dataPoint.ts";
import { passportId } from "./values.ts";

export const category = z.enum(CATEGORIES).meta({ description: "Whose duties to judge by; else the battery's own." });

const judgedPoint = z.object({
  number: z.int().min(1).max(71),
  name: z.string(),
  article: z.string().meta({ description: "Of Regulation (EU) 2023/1542." }),
  point: z.int().min(1).max(4).meta({ description: "Of Annex XIII: 1 is public." }),
  duty: z.enum(["mandatory", "optional", "conditional", "pending", "not-to-be-filled"]),
  state: z
    .enum(["present", "missing", "absent", "withheld-or-missing", "not-yet-required", "premature", "not-applicable"])
    .meta({ description: "`withheld-or-missing` for every point that is not public, whether it is filled or not." }),
});

export const passportReadiness = z
  .object({
    passportId,
    contentAvailable: z.boolean(),
    readiness: z.array(
      z.object({
        category,
        complete: z.boolean().nullable().meta({ description: "null: the points that are not public decide." }),
        points: z.array(judgedPoint),
      }),
    ),
  })
  .meta({ id: "PassportReadiness" });
