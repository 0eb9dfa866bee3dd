import { utf8ToBytes } from "@noble/hashes/utils.js";
import serialize from "canonicalize";
import { DomainError } from "../errors.ts";
import type { JsonValue } from "../types.ts";
import { formatJsonPath, type JsonPath } from "./jsonPath.ts";
import { MAX_JSON_DEPTH, parseJsonStrict, stringError, stringProblem } from "./jsonText.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The largest record, in bytes. */
export const MAX_RECORD_BYTES = 1_048_576;

/**
 * The one text of a JSON value (RFC 8785): names sorted by UTF-16 code units, numbers as ECMAScript writes them.
 * Takes only what `parseCanonicalJson` reads back as the same value. Throws `json-value-unsupported` (NaN, Infinity,
 * undefined, bigint, functions, class instances), `json-lone-surrogate`, `json-nul-character`, `json-too-deep` (also
 * for a value that contains itself), each with the `path` of the value.
 */
export function canonicalize(value: JsonValue): string {
  // The platform writes numbers and strings as RFC 8785 wants them, and names in the order that they have.
  return requireJson(value, []) ? JSON.stringify(value) : (serialize(value) as string);
}

/** The UTF-8 bytes of `canonicalize(value)`: what is hashed, stored and addressed. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return utf8ToBytes(canonicalize(value));
}

/**
 * Parses bytes that must already be canonical JSON: they equal `canonicalBytes` of the value returned. Throws
 * `record-too-large`, `utf8-invalid`, `utf8-byte-order-mark`, `record-not-canonical` and the codes of parseJsonStrict.
 */
export function parseCanonicalJson(bytes: Uint8Array, maxBytes: number = MAX_RECORD_BYTES): JsonValue {
  if (bytes.length > maxBytes) {
    throw new DomainError("record-too-large", "The record has more bytes than allowed.", {
      bytes: bytes.length,
      maxBytes,
    });
  }
  const text = decodeUtf8(bytes);
  const value = parseJsonStrict(text);
  const canonical = canonicalize(value);
  if (canonical !== text) {
    throw new DomainError("record-not-canonical", "The bytes are JSON, but not in canonical form (RFC 8785).", {
      offset: firstDifference(canonical, text),
    });
  }
  return value;
}

/**
 * The serialiser alone would write lone surrogates as escapes, drop undefined and call toJSON: all refused here.
 * @returns whether all names stand in the order of RFC 8785 already
 */
function requireJson(value: unknown, path: (string | number)[]): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "number" && Number.isFinite(value)) return true;
  if (typeof value === "string") {
    requireString(value, path);
    return true;
  }
  if (typeof value !== "object" || !isPlain(value)) {
    throw new DomainError("json-value-unsupported", "A value has no JSON form.", { path: formatJsonPath(path) });
  }
  if (path.length >= MAX_JSON_DEPTH) {
    const sentence = `The value is nested more than ${MAX_JSON_DEPTH} levels deep, or contains itself.`;
    throw new DomainError("json-too-deep", sentence, { path: formatJsonPath(path) });
  }
  let isOrdered = true;
  const visit = (step: string | number, member: unknown): void => {
    path.push(step);
    if (!requireJson(member, path)) isOrdered = false;
    path.pop();
  };
  if (Array.isArray(value)) {
    // Counted, so that the holes of a sparse array are met as undefined, which is refused.
    for (let position = 0; position < value.length; position++) visit(position, value[position]);
    return isOrdered;
  }
  let previous = "";
  for (const name of Object.keys(value)) {
    if (stringProblem(name) !== undefined) requireString(name, [...path, name]);
    if (name < previous) isOrdered = false;
    previous = name;
    visit(name, Reflect.get(value, name));
  }
  return isOrdered;
}

function requireString(text: string, path: JsonPath): void {
  const problem = stringProblem(text);
  if (problem) throw stringError(problem, formatJsonPath(path));
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function firstDifference(canonical: string, text: string): number {
  let at = 0;
  while (at < text.length && canonical[at] === text[at]) at++;
  return at;
}
