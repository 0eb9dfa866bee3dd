import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, rm } from "node:fs/promises";
import { writeDurably } from "./durableFile.ts";

/** The secret in a file that only its owner can read: made on the first call, 32 random bytes as hex. */
export async function secretFile(path: string): Promise<string> {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // Several processes may begin at once on a shared folder: whoever links first has made it, and all read that one.
  const draft = `${path}.${process.pid}.writing`;
  await writeDurably(draft, `${randomBytes(32).toString("hex")}\n`, 0o600);
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft, { force: true });
  return readFileSync(path, "utf8").trim();
}
