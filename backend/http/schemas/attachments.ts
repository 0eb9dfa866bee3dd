import * as z from "zod";

export const attachment = z
  .object({
    cid: z.string().meta({ description: "To be named in a record, for instance in `attachments`." }),
    type: z.enum(["pdf", "png", "jpeg"]).meta({ description: "By its content, not by its name." }),
    size: z.int(),
    isPublic: z.boolean(),
  })
  .meta({ id: "Attachment" });
