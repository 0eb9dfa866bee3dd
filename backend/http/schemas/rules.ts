import * as z from "zod";

export const ruleSet = z
  .looseObject({
    id: z.string(),
    jurisdiction: z.enum(["eu", "cn", "none"]),
    title: z.object({ en: z.string(), zh: z.string() }),
    source: z.string(),
    confidence: z.enum(["read", "background"]).meta({ description: "Whether somebody read it in the source." }),
    from: z.iso.date(),
    until: z.iso.date().nullable(),
    axis: z.string().meta({ description: "What its figures measure; sets of two axes are not comparable." }),
    note: z.string().optional(),
    rules: z.array(
      z.looseObject({ kind: z.enum(["at-least", "below", "deadline", "grade", "question"]), id: z.string() }),
    ),
  })
  .meta({ id: "RuleSet" });

export const ruleSets = z.object({ ruleSets: z.array(ruleSet) });
