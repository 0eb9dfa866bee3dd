import * as z from "zod";

/** RFC 9457 problem details, with the fields of EN 18222's `Result` beside them. */
export const problemSchema = z
  .looseObject({
    type: z.string().meta({ format: "uri" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: "Stable; documented at the URL in `type`." }),
    values: z.record(z.string(), z.unknown()).optional(),
    statusCode: z.string(),
    message: z.array(z.object({ messageType: z.literal("Error"), text: z.string(), code: z.string() })),
  })
  .meta({ id: "Problem" });
