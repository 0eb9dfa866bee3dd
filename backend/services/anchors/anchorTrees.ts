import { buildTree, type MerkleTree, proveLeaf } from "../../domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../domain/anchors/recordLeaf.ts";
import type { Hash, ParticipantId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** Which anchor: its accumulator commits to the rest, so that a tree kept under it is right whatever the chain does. */
export type AnchorPlace = {
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly accumulator: Hash;
};

export type AnchorTrees = {
  /** The inclusion proof of a leaf of an anchor whose leaves are here. Throws `leaf-index-out-of-range`. */
  prove(tx: Transaction, anchor: AnchorPlace, leafIndex: number): Promise<Hash[]>;
};

/** Two megabytes each, when full. */
const KEPT = 16;

/**
 * Proves leaves from `anchored_record`. A full tree takes 20,000 hashes, so that the last few are kept: who asks for
 * all records of a full anchor, one by one, must not have it built ten thousand times.
 */
export function createAnchorTrees(): AnchorTrees {
  const trees = new Map<Hash, MerkleTree>();
  return {
    async prove(tx, { publisher, sequence, accumulator }, leafIndex) {
      let tree = trees.get(accumulator);
      if (tree === undefined) {
        const { rows } = await tx.query<{ digest: Hash }>(
          "SELECT digest FROM anchored_record WHERE publisher = $1 AND sequence = $2 ORDER BY leaf_index",
          [publisher, sequence],
        );
        tree = buildTree(rows.map(({ digest }) => recordLeaf(publisher, digest)));
      }
      trees.delete(accumulator);
      trees.set(accumulator, tree);
      const [oldest] = trees.keys();
      if (trees.size > KEPT && oldest !== undefined) trees.delete(oldest);
      return proveLeaf(tree, leafIndex);
    },
  };
}
