import { create } from "ipfs-http-client";
import { CID } from "multiformats/cid";
import { DomainError } from "../domain/errors.ts";
import { cidOf } from "../domain/records/cid.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import { type PutBlock, type ReadBlock, verifyBlock } from "./block.ts";

/**
 * Blocks in an IPFS node, by Kubo's RPC. `put` also pins, or the node's garbage collection would take the block.
 * The CID is computed here; a node that answers another one is not believed (`block-hash-mismatch`).
 * @param url the node's RPC, such as `http://127.0.0.1:5001`
 * @param options.timeout milliseconds for one call; a node asked for a block it does not have searches until then
 */
export function kuboBlocks(
  url: string,
  options: { timeout?: number } = {},
): { putBlock: PutBlock; readBlock: ReadBlock } {
  const { timeout = 15_000 } = options;
  const node = create({ url, timeout });

  const putBlock: PutBlock = async (bytes) => {
    const hash = recordHash(bytes);
    const expected = cidOf(hash);
    const given = await attempt(
      () => node.block.put(bytes, { format: "raw", mhtype: "sha2-256", version: 1, pin: true }),
      "block-not-stored",
      "The IPFS node did not take a block.",
    );
    if (given.toString() !== expected) {
      throw new DomainError("block-hash-mismatch", "The IPFS node answered another CID than the bytes have.", {
        hash,
        expected,
        found: given.toString(),
      });
    }
    return hash;
  };

  const readBlock: ReadBlock = async (hash) => {
    const cid = CID.parse(cidOf(hash));
    const bytes = await attempt(
      () => node.block.get(cid),
      "block-unavailable",
      "The IPFS node did not answer a block.",
    );
    return verifyBlock(hash, bytes, url);
  };

  async function attempt<T>(call: () => Promise<T>, code: string, sentence: string): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      throw new DomainError(code, sentence, { url }, { cause });
    }
  }

  return { putBlock, readBlock };
}
