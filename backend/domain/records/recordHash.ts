import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Hash } from "../types.ts";

/** sha-256 of a record's bytes: what its author signs, what the chain holds, and the digest inside its CID. */
export function recordHash(bytes: Uint8Array): Hash {
  return `0x${bytesToHex(sha256(bytes))}` as Hash;
}
