import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { DomainError } from "./errors.ts";
import { keccak } from "./keccak.ts";
import type { Address, Hash, Head, Hex, PassportId } from "./types.ts";

/** `0x` + lower-case hex of the bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** The bytes of `0x…`; the domain only ever holds well-formed hex, so a malformed one is a bug of the caller. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((hex.length - 2) / 2));
  writeHex(hex, bytes, 0);
  return bytes;
}

/** Writes the bytes of `0x…` from the position on. */
export function writeHex(hex: string, target: Uint8Array, position: number): void {
  for (let i = 2; i < hex.length; i += 2) {
    const byte = (digitOf(hex, i) << 4) | digitOf(hex, i + 1);
    if (byte < 0) throw new RangeError(`No hex: ${hex.slice(0, 100)}`);
    target[position++] = byte;
  }
}

const DIGITS = new Int8Array(128).fill(-1);
for (const digit of "0123456789abcdefABCDEF") DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** A table takes half the time of comparisons, and hex is read wherever something is hashed. Negative for no digit. */
const digitOf = (hex: string, at: number): number => DIGITS[hex.charCodeAt(at)] ?? -1;

/** One hex of many, in order. */
export const joinHex = (parts: readonly Hex[]): Hex => `0x${parts.map((part) => part.slice(2)).join("")}`;

/** keccak256 of the concatenation of the given parts. */
export function keccak256(...parts: readonly Uint8Array[]): Uint8Array {
  return keccak(parts);
}

/** keccak256 of a text's UTF-8 bytes: EIP-712 type strings. */
export function keccakText(text: string): Uint8Array {
  return keccak([utf8ToBytes(text)]);
}

/** Parses `0x` + exactly `bytes` bytes of hex, folding upper case; throws `hex-malformed` with the field's name. */
export function parseHex(value: unknown, bytes: number, field: string): Hex {
  if (typeof value !== "string" || value.length !== 2 + 2 * bytes || !/^0x[0-9a-fA-F]*$/.test(value)) {
    throw new DomainError("hex-malformed", `${field} must be 0x and ${2 * bytes} hex digits.`, { field });
  }
  return value.toLowerCase() as Hex;
}

export const parseHash = (value: unknown, field: string): Hash => parseHex(value, 32, field) as Hash;
export const parseHead = (value: unknown, field: string): Head => parseHex(value, 28, field) as Head;
export const parseAddress = (value: unknown, field: string): Address => parseHex(value, 20, field) as Address;
export const parsePassportId = (value: unknown, field: string): PassportId => parseHex(value, 20, field) as PassportId;

/** Parses `0x` + whole bytes of hex of any length up to `maxBytes`. */
export function parseBytes(value: unknown, maxBytes: number, field: string): Hex {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^0x[0-9a-fA-F]*$/.test(value)) {
    throw new DomainError("hex-malformed", `${field} must be 0x and an even number of hex digits.`, { field });
  }
  if (value.length > 2 + 2 * maxBytes) {
    throw new DomainError("hex-malformed", `${field} is longer than ${maxBytes} bytes.`, { field, maxBytes });
  }
  return value.toLowerCase() as Hex;
}

export const ZERO_HASH = `0x${"00".repeat(32)}` as Hash;
export const ZERO_HEAD = `0x${"00".repeat(28)}` as Head;
export const ZERO_ADDRESS = `0x${"00".repeat(20)}` as Address;
