import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { base32 } from "multiformats/bases/base32";
import { DomainError } from "../errors.ts";
import type { Hash } from "../types.ts";

/** CID version 1, codec raw (0x55), multihash sha2-256 (0x12) of 32 bytes (0x20). */
const PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const CID_LENGTH = 59;

/** The address of a record's bytes: CIDv1, raw, base32 (`bafkrei…`). Takes the sha-256 of those bytes. */
export function cidOf(hash: Hash): string {
  return base32.encode(concatBytes(PREFIX, hexToBytes(hash.slice(2))));
}

const hasForm = (text: string): boolean => text.length === CID_LENGTH && /^b[a-z2-7]+$/.test(text);

/** True for a CID that `hashOfCid` reads; costs no error where it is none, which most texts of a record are. */
export function isCid(text: string): boolean {
  const bytes = hasForm(text) ? decode(text) : undefined;
  return bytes !== undefined && cidOf(hashIn(bytes)) === text;
}

/**
 * The sha-256 inside a CID. One hash has one CID here: other versions, codecs, hashes, bases and spellings are
 * `cid-unsupported`, so that a block cannot be asked for under two names.
 */
export function hashOfCid(cid: string): Hash {
  const bytes = hasForm(cid) ? decode(cid) : undefined;
  const hash = bytes && hashIn(bytes);
  if (!hash || cidOf(hash) !== cid) {
    throw new DomainError("cid-unsupported", "The address is not a CIDv1 of raw bytes by sha-256 in base32.", { cid });
  }
  return hash;
}

const hashIn = (bytes: Uint8Array): Hash => `0x${bytesToHex(bytes.subarray(PREFIX.length))}` as Hash;

function decode(cid: string): Uint8Array | undefined {
  try {
    return base32.decode(cid);
  } catch {
    return undefined; // the last character has bits that no byte needs: no canonical spelling of anything
  }
}
