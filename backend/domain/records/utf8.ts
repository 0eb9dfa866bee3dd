import { DomainError } from "../errors.ts";

/** String.fromCharCode takes its units as arguments, and engines cap how many: some 64 K is the least of them. */
const UNITS_PER_CALL = 8192;

/**
 * Decodes UTF-8 (RFC 3629) and refuses everything that is not: overlong forms, surrogates, code points above
 * U+10FFFF, cut sequences (`utf8-invalid`, with the byte offset) and a byte order mark (`utf8-byte-order-mark`).
 * Ours, because the platform's decoder is not part of the language, and by default it repairs and strips silently.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new DomainError("utf8-byte-order-mark", "The text starts with a byte order mark, which JSON does not allow.");
  }
  let at = asciiUntil(bytes, 0);
  let text = asciiText(bytes, at);
  let units: number[] = [];
  while (at < bytes.length) {
    const point = codePointAt(bytes, at);
    at += widthOf(point);
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    if (units.length >= UNITS_PER_CALL) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

function asciiUntil(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && (bytes[at] as number) < 0x80) at++;
  return at;
}

/** The first `length` bytes, all of them ASCII, which most documents are to their end: much faster than one by one. */
function asciiText(bytes: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += UNITS_PER_CALL) {
    const units = bytes.subarray(at, Math.min(at + UNITS_PER_CALL, length));
    text += Reflect.apply(String.fromCharCode, undefined, units);
  }
  return text;
}

function codePointAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return first;
  const width = first >= 0xc2 && first <= 0xdf ? 2 : first >> 4 === 0xe ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  let point = width === 2 ? first & 0x1f : width === 3 ? first & 0x0f : first & 0x07;
  for (let offset = 1; offset < width; offset++) {
    const next = bytes[at + offset] ?? 0;
    if (next >> 6 !== 0b10) throw invalid(at);
    point = (point << 6) | (next & 0x3f);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  if (width === 0 || widthOf(point) !== width || surrogate || point > 0x10ffff) throw invalid(at);
  return point;
}

function widthOf(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

function invalid(offset: number): DomainError {
  return new DomainError("utf8-invalid", "The bytes are not valid UTF-8.", { offset });
}
