import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DomainError } from "../domain/errors.ts";
import { parseJsonStrict } from "../domain/records/jsonText.ts";
import { decodeUtf8 } from "../domain/records/utf8.ts";
import type { JsonValue } from "../domain/types.ts";

export const JSON_TYPE = "application/json";
/** One JSON document a line. */
export const NDJSON_TYPE = "application/x-ndjson";

/** A body as text, with the media type it came as. */
export type TextBody = { readonly type: string; readonly text: string };

/**
 * Reads a request's body: UTF-8 of an expected media type, plain or gzip, at most `maxBytes` *after* unpacking, so that
 * a small archive of a huge document ends where it grows too large.
 * @throws DomainError `content-type-unsupported`, `content-encoding-unsupported`, `body-too-large`, `body-empty`,
 *   `body-encoding-invalid`, `utf8-invalid`, `utf8-byte-order-mark`
 */
export async function readBody(
  request: IncomingMessage,
  types: readonly string[],
  maxBytes: number,
): Promise<TextBody> {
  const type = mediaType(request.headers["content-type"] ?? "", types);
  const bytes = await limited(request, maxBytes);
  // The platform decodes what is sound; ours says what is wrong with the rest.
  const text = isUtf8(bytes) && bytes[0] !== 0xef ? bytes.toString("utf8") : decodeUtf8(bytes);
  if (text.trim() === "") throw new DomainError("body-empty", "The request needs a body.", {});
  return { type, text };
}

/**
 * Reads a body that is no text, with the same limits; its media type is one of those expected, and says nothing about the
 * bytes. Throws as `readBody` does, but for UTF-8.
 */
export async function readBytes(
  request: IncomingMessage,
  types: readonly string[],
  maxBytes: number,
): Promise<Uint8Array> {
  mediaType(request.headers["content-type"] ?? "", types);
  const bytes = await limited(request, maxBytes);
  if (bytes.length === 0) throw new DomainError("body-empty", "The request needs a body.", {});
  return bytes;
}

/** The unpacked body; one that announces too much is refused before it is read. */
async function limited(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return collect(unpacked(request), maxBytes);
}

/** The body as one JSON document without duplicate keys, NUL or excessive depth; throws the codes of `parseJsonStrict`. */
export function parseBody({ text }: TextBody): JsonValue {
  return parseJsonStrict(text);
}

function mediaType(header: string, types: readonly string[]): string {
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  const isUtf8 = charset === undefined || charset.replaceAll('"', "") === "utf-8";
  if (types.includes(type) && isUtf8) return type;
  throw new DomainError("content-type-unsupported", `The body must be ${types.join(" or ")} in UTF-8.`, { types });
}

function unpacked(request: IncomingMessage): Readable {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity") return request;
  if (encoding !== "gzip") {
    throw new DomainError("content-encoding-unsupported", "The body may be plain or gzip.", { encodings: ["gzip"] });
  }
  const gunzip = createGunzip();
  request.on("error", (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    // The request must outlive the loop, or there would be no connection left to answer on.
    for await (const part of stream.iterator({ destroyOnReturn: false })) {
      length += part.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError(
      "body-encoding-invalid",
      "The body broke off or is not the gzip it claims to be.",
      {},
      { cause },
    );
  }
  return Buffer.concat(parts, length);
}

const tooLarge = (maxBytes: number): DomainError =>
  new DomainError("body-too-large", `The body is larger than ${maxBytes} bytes.`, { maxBytes });
