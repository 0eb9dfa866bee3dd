import { DomainError } from "../domain/errors.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import type { Hash, ParticipantId } from "../domain/types.ts";
import { type AnchoredLeaf, readLeaves } from "../services/anchors/readLeaves.ts";
import type { ReadBlock } from "./contentStep.ts";

type MissingManifest = {
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly root: Hash;
  readonly count: number;
  readonly manifestHash: Hash;
  readonly accumulator: Hash;
};

export type ManifestOptions = {
  /** See storage/manifestQueue. */
  readonly queue: {
    take(limit: number): Promise<readonly MissingManifest[]>;
    readBlock: ReadBlock;
    store(
      anchor: MissingManifest,
      blocks: ReadonlyMap<Hash, Uint8Array>,
      leaves: readonly AnchoredLeaf[],
    ): Promise<void>;
    noteFailure(anchor: MissingManifest, reason: string): Promise<void>;
  };
  /** EIP-712 domain separator of the contract. */
  readonly separator: Uint8Array;
  /** Where blocks that are not in the tables are asked for, in this order: own storage, other operators, gateways. */
  readonly sources: readonly ReadBlock[];
  /** Told of every manifest that is still missing after an attempt, and why. */
  readonly onProblem: (error: unknown, anchor: MissingManifest) => void;
};

const BATCH = 8;

/**
 * Finds the leaves of anchors, whoever published them, and proves them against the root before anything is stored. A
 * manifest that nobody has, or that is a lie, is tried again with growing pauses, and stays listed as missing; it holds
 * up no other one.
 * @returns a step for a loop
 */
export function createManifestStep(options: ManifestOptions): () => Promise<"progress" | "idle"> {
  const { queue, separator, sources, onProblem } = options;

  const find = async (hash: Hash): Promise<Uint8Array> => {
    let trouble: unknown;
    for (const read of [queue.readBlock, ...sources]) {
      try {
        const bytes = await read(hash);
        if (bytes !== null && recordHash(bytes) === hash) return bytes; // no source is trusted
      } catch (error) {
        trouble = error;
      }
    }
    const sentence = "No source has a block of the manifest.";
    throw new DomainError("manifest-block-missing", sentence, { hash }, { cause: trouble });
  };

  const resolve = async (anchor: MissingManifest): Promise<void> => {
    try {
      const { blocks, leaves } = await readLeaves(separator, anchor, find);
      await queue.store(anchor, blocks, leaves);
    } catch (error) {
      onProblem(error, anchor);
      if (error instanceof DomainError) await queue.noteFailure(anchor, error.code);
    }
  };

  return async () => {
    const missing = await queue.take(BATCH);
    await Promise.all(missing.map(resolve));
    return missing.length === BATCH ? "progress" : "idle";
  };
}
