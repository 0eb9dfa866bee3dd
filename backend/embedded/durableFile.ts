import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file so that after a crash or a power cut either the old bytes or all of the new ones are there: temporary
 * file, fsync, rename, fsync of the folder (POSIX makes the name durable only with the latter).
 */
export async function writeDurably(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
  const draft = `${path}.writing`;
  await rm(draft, { force: true });
  const file = await open(draft, "wx", mode); // the mode is there from the first byte: a secret is never readable
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
