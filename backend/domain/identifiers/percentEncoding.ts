import { DomainError } from "../errors.ts";

const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/** Encodes everything but RFC 3986's unreserved characters. The text is ASCII. */
export function encodePercent(text: string): string {
  return text.replace(/[^A-Za-z0-9._~-]/g, (character) => `%${hexOf(character.charCodeAt(0))}`);
}

/** Decodes every escape into ASCII; `uid-malformed` for a broken one, `uid-non-ascii` for one beyond ASCII. */
export function decodePercent(text: string): string {
  requireWholeEscapes(text);
  return text.replace(/%(..)/g, (triplet, digits: string) => {
    const code = Number.parseInt(digits, 16);
    if (code > 0x7f) throw new DomainError("uid-non-ascii", "An identifier here is ASCII only.", { triplet });
    return String.fromCharCode(code);
  });
}

/**
 * The one spelling of a URI's escapes (RFC 3986, 6.2.2): hex digits in upper case, and no escape where none is needed.
 * `decodeUnreserved` is off where a scheme compares escapes as they stand (URN: RFC 8141, 3.1).
 */
export function normalisePercent(text: string, decodeUnreserved: boolean): string {
  requireWholeEscapes(text);
  return text.replace(/%(..)/g, (triplet, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return decodeUnreserved && UNRESERVED.test(character) ? character : triplet.toUpperCase();
  });
}

function requireWholeEscapes(text: string): void {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) {
    throw new DomainError("uid-malformed", "A percent sign is not followed by two hex digits.", { text });
  }
}

function hexOf(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, "0");
}
