import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeDurably } from "./durableFile.ts";

/** The secret in a file that only its owner can read: made on the first call, 32 random bytes as hex. */
export async function secretFile(path: string): Promise<string> {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = randomBytes(32).toString("hex");
  await writeDurably(path, `${secret}\n`, 0o600);
  return secret;
}
