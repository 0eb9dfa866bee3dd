import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { anchorVectors, holdVectors } from "./vectors/anchorsAndHolds.ts";
import { custodyVectors } from "./vectors/custody.ts";
import { refusedVectors } from "./vectors/refused.ts";
import { registryVectors } from "./vectors/registry.ts";

/**
 * Writes the hash vectors that Solidity and TypeScript are both held to, from ethers' own encoders:
 * test/vectors/{registry,custody,custody/refused,holds,anchors}. With `--check` it writes nothing and fails when the
 * committed files differ.
 */
const FOLDERS = {
  registry: registryVectors,
  custody: custodyVectors,
  "custody/refused": refusedVectors,
  holds: holdVectors,
  anchors: anchorVectors,
};

const root = new URL("../test/vectors/", import.meta.url);
const check = process.argv.includes("--check");
const stale: string[] = [];

for (const [folder, vectorsOf] of Object.entries(FOLDERS)) {
  const base = new URL(`${folder}/`, root);
  const wanted = new Map(
    Object.entries(vectorsOf()).map(([name, vector]) => [`${name}.json`, `${JSON.stringify(vector, null, 2)}\n`]),
  );
  const present = (await readdir(base).catch(() => [])).filter((name) => name.endsWith(".json"));
  for (const name of present.filter((known) => !wanted.has(known))) {
    stale.push(`${folder}/${name}`);
    if (!check) await rm(new URL(name, base));
  }
  for (const [name, text] of wanted) {
    if ((await readFile(new URL(name, base), "utf8").catch(() => "")) === text) continue;
    stale.push(`${folder}/${name}`);
    if (!check) await writeFile(new URL(name, base), text);
  }
}
if (check && stale.length > 0) {
  console.error(`test/vectors does not match scripts/vectors: ${stale.join(", ")}. Run: npm run generate`);
  process.exitCode = 1;
}
