import * as z from "zod";
import { MAX_ATTACHMENT_BYTES } from "../../domain/attachments/attachmentType.ts";
import { readAttachment } from "../../services/attachments/readAttachment.ts";
import { storeAttachment } from "../../services/attachments/storeAttachment.ts";
import type { AppDependencies } from "../dependencies.ts";
import { downloadHeaders } from "../download.ts";
import { readBytes } from "../readBody.ts";
import { type Route, route } from "../route.ts";
import { attachment } from "../schemas/attachments.ts";
import { flagText } from "../schemas/values.ts";
import { callerOf } from "../session.ts";

const ENDINGS = { pdf: "pdf", png: "png", jpeg: "jpg" } as const;
const TYPES = ["application/pdf", "image/png", "image/jpeg", "application/octet-stream"];

/** Certificates and pictures that records name. */
export function attachmentRoutes(dependencies: AppDependencies): Route[] {
  const { database, now } = dependencies;
  return [
    route({
      method: "post",
      path: "/v1/attachments",
      operationId: "storeAttachment",
      tag: "Attachments",
      summary: "Bring a PDF, PNG or JPEG of at most 1 MiB; the answer is the CID to name in a record.",
      session: true,
      query: z.strictObject({
        public: flagText.default(false).meta({
          description: "Also put it where everybody may find it and nobody can take it back.",
        }),
      }),
      streamedBody: Object.fromEntries(TYPES.map((type) => [type, z.string()])),
      answers: {
        200: { description: "Brought before.", schema: attachment },
        201: { description: "Stored.", schema: attachment },
      },
      problems: [413, 415, 422],
      async handle({ query, request }) {
        // First of all: nothing is read from strangers.
        const caller = await callerOf(dependencies, request);
        const bytes = await readBytes(request, TYPES, MAX_ATTACHMENT_BYTES);
        const options = { isPublic: query.public, now: now() };
        const { created, ...stored } = await storeAttachment(database, caller, bytes, options);
        return { status: created ? 201 : 200, json: stored };
      },
    }),
    route({
      method: "get",
      path: "/v1/attachments/{cid}",
      operationId: "readAttachment",
      tag: "Attachments",
      summary: "An attachment as a download, for whoever was shown its CID.",
      params: z.object({ cid: z.string().max(100) }),
      unknownQuery: "ignore",
      answers: { 200: { description: "The bytes.", schema: z.string(), type: "application/octet-stream" } },
      problems: [404],
      crossOrigin: true,
      async handle({ params: { cid } }) {
        const { bytes, type } = await readAttachment(database, cid);
        const headers = downloadHeaders(cid, `${cid}.${ENDINGS[type]}`);
        // Most of them are withheld: they are the reader's own to keep.
        return { status: 200, bytes, headers: { ...headers, "cache-control": "private, max-age=31536000, immutable" } };
      },
    }),
  ];
}
