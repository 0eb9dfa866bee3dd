import { DomainError } from "../domain/errors.ts";
import type { Address, Hash, Hex } from "../domain/types.ts";

/** Hex digits in one ABI word of 32 bytes. */
const WORD = 64;

/**
 * Reads ABI-encoded data word by word, straight from the node's hex text: no bytes are made of it, which is what lets a
 * follower decode tens of thousands of logs a second. Positions are in words. Throws `abi-data-malformed`.
 */
export class HexWords {
  readonly #hex: string;

  constructor(data: string) {
    if (!data.startsWith("0x") || (data.length - 2) % WORD !== 0) throw malformed("its length is no whole words");
    this.#hex = data;
  }

  get length(): number {
    return (this.#hex.length - 2) / WORD;
  }

  /** The digits of a word, without 0x. */
  digits(at: number): string {
    const from = 2 + at * WORD;
    if (at < 0 || from + WORD > this.#hex.length) throw malformed("it ends too early");
    return this.#hex.slice(from, from + WORD);
  }

  hash(at: number): Hash {
    return `0x${this.digits(at)}` as Hash;
  }

  /** bytesN: left-aligned, the rest zero. */
  bytesN(at: number, size: number): Hex {
    const digits = this.digits(at);
    if (!ZEROES.startsWith(digits.slice(2 * size))) throw malformed("a bytes value has digits behind its end");
    return `0x${digits.slice(0, 2 * size)}`;
  }

  address(at: number): Address {
    const digits = this.digits(at);
    if (!digits.startsWith(ZEROES.slice(0, 24))) throw malformed("an address has digits before its start");
    return `0x${digits.slice(24)}` as Address;
  }

  bigint(at: number): bigint {
    return BigInt(`0x${this.digits(at)}`);
  }

  /** An unsigned integer that fits a JavaScript number (up to 48 bits, more than any we use). */
  uint(at: number): number {
    const digits = this.digits(at);
    if (!digits.startsWith(ZEROES.slice(0, 52))) throw malformed("a number is out of range");
    return Number.parseInt(digits.slice(52), 16);
  }

  bool(at: number): boolean {
    const value = this.uint(at);
    if (value > 1) throw malformed("a truth value is neither 0 nor 1");
    return value === 1;
  }

  /** Position that the offset at `at` points to, counted from `base`. */
  offset(at: number, base = 0): number {
    const bytes = this.uint(at);
    if (bytes % 32 !== 0) throw malformed("an offset lies within a word");
    return base + bytes / 32;
  }

  /** The length of a list at `at` whose elements take `words` words each; all of them are there. */
  listLength(at: number, words: number): number {
    const count = this.uint(at);
    if (at + 1 + count * words > this.length) throw malformed("a list is longer than the data");
    return count;
  }

  /** Dynamic bytes whose length word stands at `at`. */
  bytes(at: number): Hex {
    const size = this.uint(at);
    const from = 2 + (at + 1) * WORD;
    if (from + 2 * size > this.#hex.length) throw malformed("bytes are longer than the data");
    return `0x${this.#hex.slice(from, from + 2 * size)}`;
  }

  addresses(at: number): Address[] {
    const count = this.listLength(at, 1);
    return Array.from({ length: count }, (_, i) => this.address(at + 1 + i));
  }
}

const ZEROES = "0".repeat(WORD);

const malformed = (what: string): DomainError =>
  new DomainError("abi-data-malformed", `The chain's RPC sent ABI data that cannot be read: ${what}.`);

/** ABI words as hex digits without 0x: the inverse direction. */
export const encodeUint = (value: number | bigint): string => value.toString(16).padStart(WORD, "0");
export const encodeBytesN = (hex: Hex): string => hex.slice(2).padEnd(WORD, "0");
export const encodeAddress = (address: Address): string => address.slice(2).padStart(WORD, "0");

/** Dynamic bytes: length word, then the bytes padded to whole words. */
export function encodeBytes(hex: Hex): string {
  const digits = hex.slice(2);
  return encodeUint(digits.length / 2) + digits.padEnd(Math.ceil(digits.length / WORD) * WORD, "0");
}
