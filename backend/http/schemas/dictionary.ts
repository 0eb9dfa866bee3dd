import * as z from "zod";

export const dictionary = z
  .looseObject({
    "@context": z.record(z.string(), z.unknown()).meta({ description: "JSON-LD 1.1 context of passport documents." }),
    version: z.string(),
    terms: z.array(
      z.object({
        id: z.string().meta({ description: "What `dictionaryReference` and the context call it." }),
        path: z.string(),
        rule: z.string().meta({ description: "What its value must look like." }),
        choices: z.array(z.string()).optional(),
        units: z.array(z.string()).optional(),
      }),
    ),
  })
  .meta({ id: "Dictionary" });
