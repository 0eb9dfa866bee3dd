import * as z from "zod";
import { jsonLdContext } from "../../domain/dictionary/jsonLdContext.ts";
import { DICTIONARY_VERSION, publicTerms } from "../../domain/dictionary/terms.ts";
import type { AppDependencies } from "../dependencies.ts";
import { dictionaryOf, JSON_LD_TYPE } from "../passportReply.ts";
import { type Route, route } from "../route.ts";
import { dictionary } from "../schemas/dictionary.ts";

/** What the members of passport documents mean, and the JSON-LD context that says so to machines. */
export function dictionaryRoutes({ publicUrl }: AppDependencies): Route[] {
  const address = dictionaryOf(publicUrl);
  const document = JSON.stringify({
    "@context": jsonLdContext(address),
    version: DICTIONARY_VERSION,
    terms: publicTerms().map((term) => ({ id: `${address}#${term.path}`, ...term })),
  });
  return [
    route({
      method: "get",
      path: "/v1/dictionary/{version}",
      operationId: "readDictionary",
      tag: "Passports (EN 18222)",
      summary: "The data elements that a passport may show, with their JSON-LD context.",
      params: z.object({ version: z.literal(DICTIONARY_VERSION) }),
      answers: { 200: { description: "The dictionary.", schema: dictionary, type: JSON_LD_TYPE } },
      crossOrigin: true,
      handle: async () => ({
        status: 200,
        bytes: document,
        headers: { "content-type": JSON_LD_TYPE, "cache-control": "public, max-age=86400" },
      }),
    }),
  ];
}
