import { fromHex, keccak256, keccakText, toHex } from "./bytes.ts";
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

/** bytesN as EIP-712 and the ABI encode it: left-aligned, zero-padded at the end. */
export function bytesWord(hex: Hex): Uint8Array {
  const word = new Uint8Array(32);
  word.set(fromHex(hex));
  return word;
}

/** An address as a word: right-aligned. */
export function addressWord(address: Address): Uint8Array {
  const word = new Uint8Array(32);
  word.set(fromHex(address), 12);
  return word;
}

const DOMAIN_TYPEHASH = keccakText(
  "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
);
const NAME_HASH = keccakText("BatteryPassport");
const VERSION_HASH = keccakText("1");

/** EIP-712 domain separator of one deployment. */
export function domainSeparator(domain: SigningDomain): Uint8Array {
  return keccak256(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, uintWord(domain.chainId), addressWord(domain.contract));
}

const PREFIX = Uint8Array.of(0x19, 0x01);

/** EIP-712 digest: what a participant signs. */
export function typedDataDigest(separator: Uint8Array, structHash: Uint8Array): Hash {
  return toHex(keccak256(PREFIX, separator, structHash)) as Hash;
}
