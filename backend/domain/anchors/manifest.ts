import { parseHash } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import { canonicalBytes, parseCanonicalJson } from "../records/canonicalJson.ts";
import { recordHash } from "../records/recordHash.ts";
import type { Hash, JsonValue } from "../types.ts";
import { type Anchor, MAX_ANCHORED } from "./anchor.ts";
import { parseSignedDataRecord, type SignedDataRecord } from "./dataRecord.ts";

/** Largest block of a manifest, in bytes: one that every IPFS node exchanges. */
export const MAX_MANIFEST_BLOCK_BYTES = 262_144;

/** A list of leaves as blocks by their sha-256, the root block last, so that storing in order never dangles. */
export type Manifest = { readonly manifestHash: Hash; readonly blocks: ReadonlyMap<Hash, Uint8Array> };

/**
 * Writes leaves, in the tree's order, as canonical JSON: chunks `[{author, occurredAt, recordHash, signature,
 * subjectId}, …]`, each filled as far as it goes, and a root block `{chunks: [hash, …], count, version: 1}`. One list
 * has one manifest. Throws `anchor-count-out-of-range`, and `manifest-leaf-repeated` for a record that is twice in it.
 */
export function buildManifest(leaves: readonly SignedDataRecord[]): Manifest {
  requireCount(leaves.length);
  requireDistinct(leaves);
  const blocks = new Map<Hash, Uint8Array>();
  const store = (value: JsonValue): Hash => {
    const bytes = canonicalBytes(value);
    const hash = recordHash(bytes);
    blocks.set(hash, bytes);
    return hash;
  };
  const chunks = chunksOf(leaves).map(store);
  return { manifestHash: store({ chunks, count: leaves.length, version: 1 }), blocks };
}

/** Greedy: a chunk ends where the next leaf would not fit. */
function chunksOf(leaves: readonly SignedDataRecord[]): JsonValue[][] {
  const chunks: JsonValue[][] = [];
  let room = 0;
  for (const { subjectId, author, occurredAt, recordHash, signature } of leaves) {
    const leaf = { subjectId, author, occurredAt, recordHash, signature };
    const bytes = canonicalBytes(leaf).length + 1; // and a comma or the closing bracket
    if (bytes > room) {
      chunks.push([]);
      room = MAX_MANIFEST_BLOCK_BYTES - 1; // the opening bracket
    }
    chunks.at(-1)?.push(leaf);
    room -= bytes;
  }
  return chunks;
}

/** What a manifest's root block says: the chunks to fetch. */
export type ManifestRoot = { readonly chunks: readonly Hash[]; readonly count: number };

type Anchored = Pick<Anchor, "manifestHash" | "count">;
type Blocks = ReadonlyMap<Hash, Uint8Array>;

/**
 * Reads the root block of an anchor's manifest. Throws `manifest-block-missing`, `manifest-block-too-large`,
 * `manifest-block-differs` (bytes without the hash they are named by), `manifest-malformed`, `manifest-count-differs`.
 */
export function parseManifestRoot({ manifestHash, count }: Anchored, unverifiedBlocks: Blocks): ManifestRoot {
  const root = readBlock(manifestHash, unverifiedBlocks);
  if (typeof root !== "object" || root === null || Array.isArray(root)) throw malformed("root", "must be an object");
  const fields = root as { readonly [name: string]: JsonValue };
  if (Object.keys(fields).join() !== "chunks,count,version" || fields.version !== 1) {
    throw malformed("root", "must hold chunks, count and version 1, and nothing else");
  }
  if (fields.count !== count) throw countDiffers(count, fields.count);
  requireCount(count);
  if (!Array.isArray(fields.chunks) || fields.chunks.length === 0 || fields.chunks.length > count) {
    throw malformed("chunks", "must list at least one chunk and no more than there are leaves");
  }
  return { chunks: fields.chunks.map((hash, i) => reading(`chunks[${i}]`, () => parseHash(hash, "it"))), count };
}

/**
 * Reads the leaves of an anchor's manifest from its blocks, all of them attacker-controlled; whatever else is among the
 * blocks is ignored. Throws the codes of `parseManifestRoot`, `manifest-leaf-repeated`, and `manifest-not-canonical`
 * for leaves that `buildManifest` would write otherwise. Whether they give the anchor's root, and whether their
 * signatures are right, is for the caller to say.
 */
export function parseManifest(anchored: Anchored, unverifiedBlocks: Blocks): SignedDataRecord[] {
  const { chunks, count } = parseManifestRoot(anchored, unverifiedBlocks);
  const leaves: SignedDataRecord[] = [];
  for (const [i, hash] of chunks.entries()) {
    const chunk = readBlock(hash, unverifiedBlocks);
    if (!Array.isArray(chunk) || chunk.length === 0) throw malformed(`chunks[${i}]`, "must be a list of leaves");
    // Before any leaf is read: one chunk named ten thousand times must not cost ten thousand times its size.
    if (leaves.length + chunk.length > count) throw countDiffers(count, leaves.length + chunk.length);
    for (const leaf of chunk) {
      leaves.push(reading(`leaves[${leaves.length}]`, () => parseSignedDataRecord(leaf, "it")));
    }
  }
  if (leaves.length !== count) throw countDiffers(count, leaves.length);
  if (buildManifest(leaves).manifestHash !== anchored.manifestHash) {
    throw new DomainError("manifest-not-canonical", "The manifest's leaves are not written in their one form.");
  }
  return leaves;
}

function readBlock(hash: Hash, blocks: Blocks): JsonValue {
  const bytes = blocks.get(hash);
  if (bytes === undefined) {
    throw new DomainError("manifest-block-missing", "A block of the manifest is missing.", { hash });
  }
  if (bytes.length > MAX_MANIFEST_BLOCK_BYTES) {
    throw new DomainError("manifest-block-too-large", "A block of the manifest has more bytes than allowed.", {
      hash,
      bytes: bytes.length,
      maxBytes: MAX_MANIFEST_BLOCK_BYTES,
    });
  }
  if (recordHash(bytes) !== hash) {
    throw new DomainError("manifest-block-differs", "A block of the manifest is not what its hash names.", { hash });
  }
  return reading(hash, () => parseCanonicalJson(bytes));
}

/** Says where in the manifest a value does not parse. */
function reading<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw malformed(place, `does not parse: ${(cause as Error).message}`, cause);
  }
}

function malformed(place: string, problem: string, cause?: unknown): DomainError {
  return new DomainError(
    "manifest-malformed",
    `In the manifest, ${place} ${problem}.`.replace(/\.\.$/, "."),
    { place },
    { cause },
  );
}

function countDiffers(anchored: number, found: unknown): DomainError {
  const sentence = "The manifest does not have as many leaves as were anchored.";
  return new DomainError("manifest-count-differs", sentence, { anchored, found });
}

function requireCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_ANCHORED) return;
  throw new DomainError("anchor-count-out-of-range", `An anchor has 1 to ${MAX_ANCHORED} leaves.`, { count });
}

/** A record is the same whatever its signature bytes: its digest is its identity. */
function requireDistinct(leaves: readonly SignedDataRecord[]): void {
  const seen = new Set<string>();
  for (const [position, { subjectId, author, occurredAt, recordHash }] of leaves.entries()) {
    const identity = `${subjectId} ${author} ${occurredAt} ${recordHash}`;
    if (seen.has(identity)) {
      throw new DomainError("manifest-leaf-repeated", "A data record is in the manifest twice.", { position });
    }
    seen.add(identity);
  }
}
