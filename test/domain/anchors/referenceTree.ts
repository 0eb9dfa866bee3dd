import { createHash } from "node:crypto";

/**
 * The tree of RFC 9162, section 2.1, written as the RFC defines it: recursive, over the leaves' hashes as bytes. Shares
 * nothing with backend/domain/anchors, not even the hash function.
 */
const HASH = (...parts: Uint8Array[]): Uint8Array => createHash("sha256").update(Buffer.concat(parts)).digest();
const node = (left: Uint8Array, right: Uint8Array): Uint8Array => HASH(Uint8Array.of(1), left, right);

/** 0x00 ‖ entry, hashed. */
export const leafHash = (entry: Uint8Array): Uint8Array => HASH(Uint8Array.of(0), entry);

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH(D_n) */
export function MTH(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return HASH();
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return node(MTH(leaves.slice(0, k)), MTH(leaves.slice(k)));
}

/** PATH(m, D_n) */
export function PATH(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...PATH(m, leaves.slice(0, k)), MTH(leaves.slice(k))]
    : [...PATH(m - k, leaves.slice(k)), MTH(leaves.slice(0, k))];
}

/** The root that a path leads to, or null when its length does not fit: PATH read backwards. */
export function rootOf(leaf: Uint8Array, m: number, n: number, path: readonly Uint8Array[]): Uint8Array | null {
  if (m >= n) return null;
  if (n === 1) return path.length === 0 ? leaf : null;
  const top = path.at(-1);
  if (top === undefined) return null;
  const k = split(n);
  const below = m < k ? rootOf(leaf, m, k, path.slice(0, -1)) : rootOf(leaf, m - k, n - k, path.slice(0, -1));
  if (below === null) return null;
  return m < k ? node(below, top) : node(top, below);
}
