import { dataRecordDigest, type SignedDataRecord } from "../../domain/anchors/dataRecord.ts";
import { parseManifest, parseManifestRoot } from "../../domain/anchors/manifest.ts";
import { merkleRoot } from "../../domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../domain/anchors/recordLeaf.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash, ParticipantId } from "../../domain/types.ts";

/** What the `Anchored` log says. */
type AnchorOnChain = {
  readonly publisher: ParticipantId;
  readonly root: Hash;
  readonly count: number;
  readonly manifestHash: Hash;
};
export type AnchoredLeaf = SignedDataRecord & { readonly digest: Hash };

/** Four times what the fullest manifest of keys' signatures takes: 16 MiB in blocks of 256 KiB. */
const MAX_CHUNKS = 64;

/**
 * The leaves of an anchor, in the tree's order, from its manifest's blocks, and proven against the root on chain: no
 * source of blocks is trusted. Throws the codes of `parseManifest`, `manifest-too-large` and `manifest-root-differs`.
 * @param separator EIP-712 domain separator of the contract
 * @param read gives the block of a hash, or throws
 */
export async function readLeaves(
  separator: Uint8Array,
  anchor: AnchorOnChain,
  read: (hash: Hash) => Promise<Uint8Array>,
): Promise<{ readonly blocks: ReadonlyMap<Hash, Uint8Array>; readonly leaves: readonly AnchoredLeaf[] }> {
  const blocks = new Map([[anchor.manifestHash, await read(anchor.manifestHash)]]);
  const { chunks } = parseManifestRoot(anchor, blocks);
  if (chunks.length > MAX_CHUNKS) {
    const sentence = `A manifest of more than ${MAX_CHUNKS} blocks is not fetched.`;
    throw new DomainError("manifest-too-large", sentence, { blocks: chunks.length });
  }
  for (const hash of chunks) if (!blocks.has(hash)) blocks.set(hash, await read(hash));
  const leaves = parseManifest(anchor, blocks).map((leaf) => ({ ...leaf, digest: dataRecordDigest(separator, leaf) }));
  const root = merkleRoot(leaves.map(({ digest }) => recordLeaf(anchor.publisher, digest)));
  if (root !== anchor.root) {
    const sentence = "The manifest's leaves do not give the root that was anchored.";
    throw new DomainError("manifest-root-differs", sentence, { anchored: anchor.root, found: root });
  }
  return { blocks, leaves };
}
