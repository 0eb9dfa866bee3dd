import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { DomainError } from "../errors.ts";
import type { JsonValue } from "../types.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { canonicalBytes } from "./canonicalJson.ts";
import { parseJsonStrict } from "./jsonText.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Names that RFC 9901 uses for itself; no field may have one. */
export const DIGESTS_NAME = "_sd";
export const ALGORITHM_NAME = "_sd_alg";
export const ELEMENT_NAME = "...";
export const DIGEST_ALGORITHM = "sha-256";

/** A disclosure's content; `name` is undefined for an array element (RFC 9901, 4.2.2). */
export interface Disclosure {
  readonly salt: string;
  readonly name: string | undefined;
  readonly value: JsonValue;
}

/** True for the names that belong to RFC 9901. */
export function isReservedName(name: string): boolean {
  return name === DIGESTS_NAME || name === ALGORITHM_NAME || name === ELEMENT_NAME;
}

/** Writes a disclosure as it is stored and handed on: base64url of `[salt, name, value]`, or of `[salt, value]`. */
export function encodeDisclosure({ salt, name, value }: Disclosure): string {
  return toBase64url(canonicalBytes(name === undefined ? [salt, value] : [salt, name, value]));
}

/** The digest that stands in the record for a disclosure: over its base64url text, not over the JSON inside. */
export function digestOfDisclosure(disclosure: string): string {
  return toBase64url(sha256(utf8ToBytes(disclosure)));
}

/**
 * Reads a disclosure from an untrusted sender. Throws `disclosure-malformed` (not base64url, not an array of two or
 * three, salt or name not a string; the JSON error is the cause) and `disclosure-name-reserved`.
 */
export function decodeDisclosure(disclosure: string): Disclosure {
  const parts = decodeParts(disclosure);
  const [salt, second, third] = parts;
  if (typeof salt !== "string" || salt === "" || second === undefined) throw malformed(disclosure);
  if (parts.length === 2) return { salt, name: undefined, value: second };
  if (parts.length !== 3 || typeof second !== "string" || third === undefined) throw malformed(disclosure);
  if (isReservedName(second)) {
    throw new DomainError("disclosure-name-reserved", "A disclosure names a field as only RFC 9901 itself may.", {
      digest: digestOfDisclosure(disclosure),
      name: second,
    });
  }
  return { salt, name: second, value: third };
}

function decodeParts(disclosure: string): readonly JsonValue[] {
  try {
    // Of one spelling only: two of one disclosure would have two digests.
    const bytes = fromBase64url(disclosure);
    const parts = bytes && parseJsonStrict(decodeUtf8(bytes));
    if (Array.isArray(parts)) return parts;
  } catch (cause) {
    throw malformed(disclosure, cause);
  }
  throw malformed(disclosure);
}

/** Names the disclosure by its digest only: the text is protected data and must not reach a log. */
export function malformed(disclosure: string, cause?: unknown): DomainError {
  const details = { digest: digestOfDisclosure(disclosure) };
  return new DomainError(
    "disclosure-malformed",
    "A disclosure cannot be read, or is not of the kind its place needs.",
    details,
    {
      cause,
    },
  );
}
