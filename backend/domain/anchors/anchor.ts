import { fromHex, keccakText, toHex } from "../bytes.ts";
import { keccakWords, typedDataDigest } from "../eip712.ts";
import type { Hash, ParticipantId } from "../types.ts";
import { type DataRecord, dataRecordDigest } from "./dataRecord.ts";
import { merkleRoot } from "./merkleTree.ts";
import { recordLeaf } from "./recordLeaf.ts";

/** One Merkle root of data records, as its publisher signs it. */
export type Anchor = {
  readonly publisher: ParticipantId;
  readonly root: Hash;
  /** Leaves, 1 to MAX_ANCHORED. */
  readonly count: number;
  /** sha-256 of the manifest's root block. */
  readonly manifestHash: Hash;
  /** The publisher's accumulator before this anchor; zero before the first. */
  readonly prevAccumulator: Hash;
};

/** Most leaves of one anchor; the contract refuses more. */
export const MAX_ANCHORED = 10_000;

/** The EIP-712 primary type: what the publisher's wallet shows. */
export const ANCHOR_TYPE =
  "Anchor(uint24 publisher,bytes32 root,uint32 count,bytes32 manifestHash,bytes32 prevAccumulator)";
const ANCHOR_TYPEHASH = keccakText(ANCHOR_TYPE);

/**
 * The publisher's accumulator after this anchor, which commits to all of its anchors so far. It is the anchor's EIP-712
 * struct hash.
 */
export function nextAccumulator(anchor: Anchor): Hash {
  return toHex(
    keccakWords(
      ANCHOR_TYPEHASH,
      anchor.publisher,
      anchor.root,
      anchor.count,
      anchor.manifestHash,
      anchor.prevAccumulator,
    ),
  ) as Hash;
}

/** EIP-712 digest of an anchor: what its publisher signs. */
export function anchorDigest(separator: Uint8Array, anchor: Anchor): Hash {
  return typedDataDigest(separator, fromHex(nextAccumulator(anchor)));
}

/** The root that an anchor of these records, in this order, must have. */
export function anchorRoot(separator: Uint8Array, publisher: ParticipantId, records: readonly DataRecord[]): Hash {
  return merkleRoot(records.map((record) => recordLeaf(publisher, dataRecordDigest(separator, record))));
}
