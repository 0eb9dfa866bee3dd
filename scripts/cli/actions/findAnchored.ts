import type { ReadBlock } from "../../../backend/content/block.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { DecodedLog } from "../../../backend/domain/reconciliation/contractLog.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { readLeaves } from "../../../backend/services/anchors/readLeaves.ts";

type Anchored = Extract<DecodedLog, { name: "Anchored" }>;

/** Where a data record was found, and how many anchors could not be looked into. */
export type AnchoredSearch = { readonly found: Anchored | null; readonly unread: number };

/**
 * Looks for a data record among the leaves of anchors, first to last. A manifest that no source has, or that does not
 * give its anchor's root, is counted and passed by.
 * @param sources of blocks by hash, asked in this order; none of them is trusted
 */
export async function findAnchored(
  separator: Uint8Array,
  anchors: readonly Anchored[],
  digest: Hash,
  sources: readonly ReadBlock[],
): Promise<AnchoredSearch> {
  const read = async (hash: Hash): Promise<Uint8Array> => {
    for (const source of sources) {
      const bytes = await source(hash).catch(() => null);
      if (bytes !== null) return bytes;
    }
    throw new DomainError("manifest-block-missing", "No source has a block of the manifest.", { hash });
  };
  let unread = 0;
  for (const anchor of anchors) {
    try {
      const { leaves } = await readLeaves(separator, anchor, read);
      if (leaves.some((leaf) => leaf.digest === digest)) return { found: anchor, unread };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      unread += 1;
    }
  }
  return { found: null, unread };
}
