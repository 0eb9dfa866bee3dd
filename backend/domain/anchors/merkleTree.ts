import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { fromHex, toHex } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Hash } from "../types.ts";

// The tree of RFC 9162, section 2.1. Every function takes leaf *hashes*; `recordLeaf` makes them.

const NODE_PREFIX = Uint8Array.of(0x01);

const parentOf = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concatBytes(NODE_PREFIX, left, right));

/** The next level up. A last node without a sibling rises as it is, which gives the RFC's split at powers of two. */
function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    const right = level[i + 1];
    above.push(right === undefined ? left : parentOf(left, right));
  }
  return above;
}

/** Root of the tree over these leaf hashes; of no leaves, sha256 of nothing (which no anchor may have). */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  let level = leaves.map(fromHex);
  while (level.length > 1) level = levelAbove(level);
  return toHex(level[0] ?? sha256(new Uint8Array(0))) as Hash;
}

/** A whole tree, its leaves first and its root last: for whoever proves many leaves of it. */
export type MerkleTree = readonly (readonly Uint8Array[])[];

export function buildTree(leaves: readonly Hash[]): MerkleTree {
  const levels = [leaves.map(fromHex)];
  for (let level = levels[0] as Uint8Array[]; level.length > 1; levels.push(level)) level = levelAbove(level);
  return levels;
}

/** The hashes that lead from the leaf at `index` to the root, lowest first. Throws `leaf-index-out-of-range`. */
export function proveLeaf(tree: MerkleTree, index: number): Hash[] {
  const size = tree[0]?.length ?? 0;
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new DomainError("leaf-index-out-of-range", "The tree has no leaf at this position.", { index, size });
  }
  const proof: Hash[] = [];
  let at = index;
  for (const level of tree) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) proof.push(toHex(sibling) as Hash);
    at = Math.floor(at / 2);
  }
  return proof;
}

/** As `proveLeaf`, for a single proof. */
export const inclusionProof = (leaves: readonly Hash[], index: number): Hash[] => proveLeaf(buildTree(leaves), index);

/** A claim that a leaf stands at a position. Attacker-controlled: all of it but what the verifier got elsewhere. */
export type InclusionClaim = {
  readonly leaf: Hash;
  readonly index: number;
  /** From the `Anchored` log. With a size of the prover's choice an inner node passes for a leaf. */
  readonly size: number;
  readonly proof: readonly Hash[];
  /** From the `Anchored` log. */
  readonly root: Hash;
};

/** Why a claim does not hold. */
export type InclusionFault =
  | "size-out-of-range"
  | "index-out-of-range"
  | "hash-malformed"
  | "proof-too-long"
  | "proof-too-short"
  | "root-differs";

/** No tree has a longer path; whatever is longer is refused before any of it is looked at. */
export const MAX_PROOF_LENGTH = 64;

const isHash = (value: unknown): boolean => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);

/**
 * Judges an inclusion claim by RFC 9162, section 2.1.3.2: null when it holds, else why not. Never throws. Sizes are
 * whole numbers up to 2^53 - 1, so halving them is exact.
 */
export function judgeInclusion({ leaf, index, size, proof, root }: InclusionClaim): InclusionFault | null {
  if (!Number.isSafeInteger(size) || size < 1) return "size-out-of-range";
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return "index-out-of-range";
  if (proof.length > MAX_PROOF_LENGTH) return "proof-too-long";
  // every() would pass over the holes of a sparse array
  if (!isHash(leaf) || !isHash(root) || !Array.from(proof).every(isHash)) return "hash-malformed";
  let node = index;
  let last = size - 1;
  let hash = fromHex(leaf);
  for (const step of proof) {
    if (last === 0) return "proof-too-long";
    if (node % 2 === 1 || node === last) {
      hash = parentOf(fromHex(step), hash);
      // levels where this node had no sibling and rose as it was
      while (node % 2 === 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = parentOf(hash, fromHex(step));
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) return "proof-too-short";
  return toHex(hash) === root ? null : "root-differs";
}
