import { DomainError } from "../domain/errors.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import type { Hash } from "../domain/types.ts";

/** Puts bytes into content-addressed storage; gives their sha-256, under which they are found again. */
export type PutBlock = (bytes: Uint8Array) => Promise<Hash>;

/**
 * Reads a block by its sha-256, verified; null when this source does not have it. Rejects when the source cannot be
 * asked, answers too much, or answers other bytes (`block-unavailable`, `block-too-large`, `block-hash-mismatch`).
 */
export type ReadBlock = (hash: Hash) => Promise<Uint8Array | null>;

/** Largest block that is taken from anywhere: a record (1 MiB) with room for attachments. */
export const MAX_BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * The bytes, if they are what the hash names. No source is trusted, our own disk included: a flipped bit must not
 * reach anybody under the right name.
 * @param source for the error: which folder or URL answered
 */
export function verifyBlock(hash: Hash, bytes: Uint8Array, source: string): Uint8Array {
  if (bytes.length > MAX_BLOCK_BYTES) {
    throw new DomainError("block-too-large", `A block is larger than ${MAX_BLOCK_BYTES} bytes.`, { hash, source });
  }
  const found = recordHash(bytes);
  if (found !== hash) {
    throw new DomainError("block-hash-mismatch", "The bytes of a block are not those its hash names.", {
      hash,
      found,
      source,
    });
  }
  return bytes;
}
