import { fromHex, keccak256, keccakText, toHex, writeHex } from "./bytes.ts";
import type { Address, Hash, Hex } from "./types.ts";

/** The contract that signatures are for. EIP-712 domain: name "BatteryPassport", version "1". */
export type SigningDomain = { readonly chainId: number; readonly contract: Address };

/** A 32-byte big-endian word holding an unsigned integer. */
export function uintWord(value: number | bigint): Uint8Array {
  const word = new Uint8Array(32);
  let rest = BigInt(value);
  for (let i = 31; rest > 0n; i--) {
    word[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return word;
}

/** An address as a word: right-aligned. */
export function addressWord(address: Address): Uint8Array {
  const word = new Uint8Array(32);
  word.set(fromHex(address), 12);
  return word;
}

/**
 * keccak256 of 32-byte words in a row, as `abi.encode` puts values that have one word each: bytes are a whole word, hex is a
 * bytesN, a number is an unsigned integer. Into one buffer, byte by byte: a buffer for each word, and copying from one into
 * the other, took longer than the hash.
 */
export function keccakWords(...words: readonly (Uint8Array | Hex | number)[]): Uint8Array {
  const bytes = new Uint8Array(32 * words.length);
  let start = 0;
  for (const word of words) {
    if (typeof word === "number") writeUint(word, bytes, start + 31);
    else if (typeof word !== "string") for (let at = 0; at < 32; at++) bytes[start + at] = word[at] as number;
    else if (word.length > 66) throw new RangeError("A bytesN has 32 bytes at most.");
    else writeHex(word, bytes, start);
    start += 32;
  }
  return keccak256(bytes);
}

/** Big-endian, up to 53 bits, the last byte at `end`. */
function writeUint(value: number, target: Uint8Array, end: number): void {
  const high = Math.floor(value / 2 ** 32);
  for (let byte = 0; byte < 4; byte++) {
    target[end - byte] = value >>> (8 * byte);
    target[end - 4 - byte] = high >>> (8 * byte);
  }
}

const DOMAIN_TYPEHASH = keccakText(
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
);
const NAME_HASH = keccakText("BatteryPassport");
const VERSION_HASH = keccakText("1");

/** EIP-712 domain separator of one deployment. */
export function domainSeparator(domain: SigningDomain): Uint8Array {
  return keccakWords(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, domain.chainId, addressWord(domain.contract));
}

const PREFIX = Uint8Array.of(0x19, 0x01);

/** EIP-712 digest: what a participant signs. */
export function typedDataDigest(separator: Uint8Array, structHash: Uint8Array): Hash {
  return toHex(keccak256(PREFIX, separator, structHash)) as Hash;
}
