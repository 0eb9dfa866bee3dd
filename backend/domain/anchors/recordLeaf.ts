import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { fromHex, toHex } from "../bytes.ts";
import type { Hash, ParticipantId } from "../types.ts";

/** RFC 9162, section 2.1.1: leaves and inner nodes are hashed under different first bytes. */
const LEAF_PREFIX = 0x00;

/**
 * Leaf hash of a data record with that digest: sha256(0x00 ‖ publisher as 3 bytes ‖ digest). The publisher is in it so
 * that a proof taken from one publisher's tree fits no other's.
 */
export function recordLeaf(publisher: ParticipantId, digest: Hash): Hash {
  const entry = Uint8Array.of(LEAF_PREFIX, publisher >>> 16, publisher >>> 8, publisher);
  return toHex(sha256(concatBytes(entry, fromHex(digest)))) as Hash;
}
