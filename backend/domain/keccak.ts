import { keccak_256 } from "@noble/hashes/sha3.js";

/** keccak-256 of the concatenation of the parts: 32 bytes that nobody else holds. Neither keeps nor changes the parts. */
export type Keccak = (parts: readonly Uint8Array[]) => Uint8Array;

/** In JavaScript, which runs anywhere without asking for leave to compile: some 150,000 short hashes a second and core. */
export const portableKeccak: Keccak = (parts) => {
  const hash = keccak_256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
};

let inUse = portableKeccak;

/**
 * Has this process hash with another implementation of the very same function, once at its start. Every hash of ours is
 * made from it, so handing it down as a parameter would change each of their signatures and no answer.
 */
export function setKeccak(keccak: Keccak): void {
  inUse = keccak;
}

export const keccak: Keccak = (parts) => inUse(parts);
