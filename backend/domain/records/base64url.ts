const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** What a character stands for, by its code; -1 where it stands for nothing. */
const VALUES = new Int8Array(128).fill(-1);
for (const [value, character] of [...ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value;

/**
 * base64url without padding (RFC 4648, 5). Ours, because every disclosure is read and written by it, and a reader that
 * takes no second spelling need not write again what it read.
 */
export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET[(held >> bits) & 63];
    }
  }
  return bits === 0 ? text : text + ALPHABET[(held << (6 - bits)) & 63];
}

/**
 * The bytes of a base64url text; undefined for another character, padding, a length that no bytes have, or last bits that
 * no byte needs: each byte string has one spelling.
 */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return bits < 6 && (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
