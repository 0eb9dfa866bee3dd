import { DomainError } from "../domain/errors.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import type { Hash } from "../domain/types.ts";

/** Bytes by their sha-256; null where this source does not have them. May reject when it cannot be asked. */
export type ReadBlock = (hash: Hash) => Promise<Uint8Array | null>;

export type ContentOptions = {
  readonly queues: {
    takeOutgoing(limit: number): Promise<readonly { readonly hash: Hash; readonly bytes: Uint8Array }[]>;
    markPut(hash: Hash): Promise<void>;
    takeMissing(limit: number): Promise<readonly Hash[]>;
    storeFound(bytes: Uint8Array): Promise<unknown>;
  };
  readonly putBlock: (bytes: Uint8Array) => Promise<Hash>;
  /** Sources of records that others accepted, in the order of asking: own storage, other operators, gateways. */
  readonly sources: readonly ReadBlock[];
  /** Told of every source or store that failed, or answered other bytes than the hash names. */
  readonly onProblem: (error: unknown, hash: Hash) => void;
};

const BATCH = 32;

/**
 * Moves records between the tables and content-addressed storage: ours out, others' in. Neither is ever on the accept
 * path; what fails stays in its queue and is tried again later, with growing pauses.
 * @returns a step for a loop
 */
export function createContentStep(options: ContentOptions): () => Promise<"progress" | "idle"> {
  const { queues, putBlock, sources, onProblem } = options;

  const put = async ({ hash, bytes }: { readonly hash: Hash; readonly bytes: Uint8Array }): Promise<void> => {
    try {
      requireHash(hash, await putBlock(bytes));
      await queues.markPut(hash);
    } catch (error) {
      onProblem(error, hash);
    }
  };

  const find = async (hash: Hash): Promise<void> => {
    for (const read of sources) {
      try {
        const bytes = await read(hash);
        if (bytes === null) continue;
        requireHash(hash, recordHash(bytes)); // no source is trusted, whatever it says it checked
        await queues.storeFound(bytes);
        return;
      } catch (error) {
        onProblem(error, hash);
      }
    }
  };

  return async () => {
    const outgoing = await queues.takeOutgoing(BATCH);
    await Promise.all(outgoing.map(put));
    const missing = await queues.takeMissing(BATCH);
    await Promise.all(missing.map(find));
    return outgoing.length === BATCH || missing.length === BATCH ? "progress" : "idle";
  };
}

function requireHash(expected: Hash, found: Hash): void {
  if (expected !== found) {
    throw new DomainError("block-hash-mismatch", "The bytes of a block are not those its hash names.", {
      hash: expected,
      found,
    });
  }
}
