import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { cidOf } from "../domain/records/cid.ts";
import { recordHash } from "../domain/records/recordHash.ts";
import type { Hash } from "../domain/types.ts";
import { MAX_BLOCK_BYTES, type PutBlock, type ReadBlock, verifyBlock } from "./block.ts";

/**
 * The embedded store: one file a block in a folder sharded by the CID's last two characters (the first ones are the
 * same for every CID of ours). A block appears under its name only when all of it is on the disk, so a crash leaves a
 * stray temporary file at worst, never half a block.
 * @param folder created when the first block is put
 */
export function diskBlocks(folder: string): { putBlock: PutBlock; readBlock: ReadBlock } {
  const place = (hash: Hash): { shard: string; file: string } => {
    const cid = cidOf(hash);
    const shard = join(folder, cid.slice(-2));
    return { shard, file: join(shard, cid) };
  };

  const readBlock: ReadBlock = async (hash) => {
    const { file } = place(hash);
    try {
      return verifyBlock(hash, new Uint8Array(await readFile(file)), file);
    } catch (cause) {
      if (isErrno(cause, "ENOENT")) return null;
      if (cause instanceof DomainError) throw cause;
      throw new DomainError("block-unavailable", "A block could not be read from the disk.", { hash, file }, { cause });
    }
  };

  const putBlock: PutBlock = async (bytes) => {
    const hash = recordHash(bytes);
    if (bytes.length > MAX_BLOCK_BYTES) verifyBlock(hash, bytes, "the caller");
    if (await isWhole(readBlock, hash)) return hash;
    const { shard, file } = place(hash);
    const temporary = join(shard, `${randomUUID()}.tmp`);
    try {
      await mkdir(shard, { recursive: true });
      await writeDurably(temporary, bytes);
      await rename(temporary, file);
      await syncFolder(shard);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new DomainError("block-not-stored", "A block could not be written to the disk.", { hash, file }, { cause });
    }
    return hash;
  };

  return { putBlock, readBlock };
}

/** False also for a damaged file: putting the block again then repairs it. */
async function isWhole(readBlock: ReadBlock, hash: Hash): Promise<boolean> {
  try {
    return (await readBlock(hash)) !== null;
  } catch {
    return false;
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable. Windows cannot open a folder, and keeps names without being asked. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && Reflect.get(error, "code") === code;
