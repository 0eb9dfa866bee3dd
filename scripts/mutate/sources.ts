import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import type { Sources } from "./findMutations.ts";

/** What the contract's tests deploy. */
const ENTRIES = ["contracts/BatteryPassport.sol", "contracts/test/HashHarness.sol", "contracts/test/TestWallet.sol"];

/** Our own files that are changed; interfaces hold no code, and what only tests use proves nothing. */
export const isMutated = (file: string): boolean => /^contracts\/(?!test\/|interfaces\/)/.test(file);

/** The contract, what its tests deploy beside it, and everything that they import, by the names that imports say. */
export async function readSources(root: string): Promise<Sources> {
  const sources: Record<string, { content: string }> = {};
  const require = createRequire(import.meta.url);
  const read = async (name: string, path: string): Promise<void> => {
    if (name in sources) return;
    const content = await readFile(path, "utf8");
    sources[name] = { content };
    for (const [, imported = ""] of content.matchAll(/^import[^"']*["']([^"']+)["']/gm)) {
      const target = imported.startsWith(".") ? posix.join(posix.dirname(name), imported) : imported;
      await read(target, target.startsWith("contracts/") ? join(root, target) : require.resolve(target));
    }
  };
  for (const entry of ENTRIES) await read(entry, join(root, entry));
  return sources;
}

/** The sha-256, in hex, of the contract's sources: of what a result speaks about. */
export const hashContracts = (root: string): Promise<string> =>
  hashFiles(root, ["contracts/**/*.sol"], (file) => !file.startsWith("contracts/test/"));

/** The same of the contract's tests, with the contracts and vectors that only they use. */
export const hashTests = (root: string): Promise<string> =>
  hashFiles(root, [
    "contracts/test/*.sol",
    "test/contracts/**/*.ts",
    "test/vectors/{registry,custody,anchors,holds}/**/*.json",
  ]);

/** The same of what decides which number stands for which mutation, and how the contract with all of them compiles. */
export const hashPlanting = (root: string): Promise<string> =>
  hashFiles(root, ["contracts/**/*.sol", "scripts/mutate/{find,plant}Mutations.ts", "scripts/enlargedConfig.ts"]);

async function hashFiles(root: string, patterns: string[], wanted = (_file: string) => true): Promise<string> {
  const files = globSync(patterns, { cwd: root }).map((file) => file.replaceAll("\\", "/"));
  const hash = createHash("sha256");
  for (const file of files.filter(wanted).sort()) {
    hash.update(`${file}\0`).update((await readFile(join(root, file), "utf8")).replaceAll("\r\n", "\n"));
  }
  return hash.digest("hex");
}
