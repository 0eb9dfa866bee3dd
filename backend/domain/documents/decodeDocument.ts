import { DomainError } from "../errors.ts";
import { decodeUtf8 } from "../records/utf8.ts";

const UNITS_PER_CALL = 8192;

/**
 * The text of a JSON document in whichever Unicode encoding its sender uses: UTF-8, with or without byte order mark,
 * UTF-16 of either byte order, with one or without. Without a mark the zero bytes tell: JSON begins with two ASCII
 * characters at least (RFC 4627, 3). Line ends stay as they are. Throws `document-empty`, `utf8-invalid`,
 * `utf16-odd-length`; halves of surrogate pairs are left for the JSON parser to refuse with their path.
 */
export function decodeDocument(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new DomainError("document-empty", "The document has no bytes.");
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return decodeUtf8(bytes.subarray(3));
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes.subarray(2), true);
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes.subarray(2), false);
  if (first !== 0 && second === 0) return decodeUtf16(bytes, true);
  if (first === 0 && second !== 0) return decodeUtf16(bytes, false);
  return decodeUtf8(bytes);
}

function decodeUtf16(bytes: Uint8Array, littleEndian: boolean): string {
  if (bytes.length % 2 === 1) {
    throw new DomainError("utf16-odd-length", "The document looks like UTF-16 and ends in half a character.", {
      bytes: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let at = 0; at < bytes.length; at += 2 * UNITS_PER_CALL) {
    const count = Math.min(UNITS_PER_CALL, (bytes.length - at) / 2);
    const units = Array.from({ length: count }, (_, i) => view.getUint16(at + 2 * i, littleEndian));
    text += String.fromCharCode(...units);
  }
  return text;
}
