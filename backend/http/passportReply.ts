import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { jsonLdContext } from "../domain/dictionary/jsonLdContext.ts";
import { DICTIONARY_VERSION } from "../domain/dictionary/terms.ts";
import type { Head, JsonObject } from "../domain/types.ts";
import { preferredMedium } from "./mediaType.ts";
import type { Reply } from "./route.ts";

export const JSON_LD_TYPE = "application/ld+json";

/** Where this operator explains the terms of its documents. */
export const dictionaryOf = (publicUrl: string): string =>
  `${publicUrl.replace(/\/+$/, "")}/v1/dictionary/${DICTIONARY_VERSION}`;

/**
 * A passport document, or a part of one, as JSON or JSON-LD. Plain JSON names its context in a header (JSON-LD 1.1,
 * 6.1); JSON-LD carries it, so that a saved file can be read when the server is gone.
 *
 * The entity tag starts with the head and changes with everything else that the document says, such as a record that
 * arrived after the event: caches keep the document and ask each time whether it still holds.
 */
export function passportReply(request: IncomingMessage, publicUrl: string, head: Head, document: JsonObject): Reply {
  const dictionary = dictionaryOf(publicUrl);
  const isLinked = preferredMedium(request) === "json-ld";
  const text = JSON.stringify(
    isLinked ? { "@context": jsonLdContext(dictionary), ...classOf(document), ...document } : document,
  );
  const content = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return {
    status: 200,
    bytes: text,
    headers: {
      "content-type": isLinked ? JSON_LD_TYPE : "application/json; charset=utf-8",
      etag: `"${head.slice(2)}.${content}"`,
      "cache-control": "public, no-cache",
      vary: "accept",
      ...(isLinked
        ? {}
        : { link: `<${dictionary}>; rel="http://www.w3.org/ns/json-ld#context"; type="${JSON_LD_TYPE}"` }),
    },
  };
}

const classOf = (document: JsonObject): JsonObject =>
  document.digitalProductPassportId === undefined ? {} : { "@type": "DigitalProductPassport" };
