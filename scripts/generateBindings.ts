import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import hre from "hardhat";

/**
 * Writes backend/chain/abi.ts and backend/chain/bytecode.ts from the compiled contract, so that deploying and following
 * need no compiler. With `--check` it writes nothing and fails when the committed files differ.
 */
const HEADER = "// Generated from contracts/ by scripts/generateBindings.ts; edit the Solidity instead.\n";
const root = new URL("../", import.meta.url);
const biome = fileURLToPath(new URL("node_modules/@biomejs/biome/bin/biome", root));

const format = (path: string, text: string): string =>
  execFileSync(process.execPath, [biome, "format", `--stdin-file-path=${path}`], {
    input: text,
    encoding: "utf8",
    cwd: fileURLToPath(root),
  });

async function render(): Promise<ReadonlyMap<string, string>> {
  await hre.tasks.getTask("build").run({ quiet: true });
  const artifact = await hre.artifacts.readArtifact("BatteryPassport");
  const abi = `${HEADER}\nexport const batteryPassportAbi = ${JSON.stringify(artifact.abi)} as const;\n`;
  const bytecode = `${HEADER}
/** Creation code: append the constructor's ABI-encoded arguments. */
export const batteryPassportBytecode = ${JSON.stringify(artifact.bytecode)};
`;
  return new Map([
    ["backend/chain/abi.ts", format("backend/chain/abi.ts", abi)],
    ["backend/chain/bytecode.ts", format("backend/chain/bytecode.ts", bytecode)],
  ]);
}

const stale: string[] = [];
for (const [path, wanted] of await render()) {
  const url = new URL(path, root);
  const present = await readFile(url, "utf8").catch(() => "");
  if (present === wanted) continue;
  stale.push(path);
  if (!process.argv.includes("--check")) await writeFile(url, wanted);
}
if (stale.length > 0 && process.argv.includes("--check")) {
  console.error(`${stale.join(", ")} do not match contracts/. Run: npm run generate`);
  process.exitCode = 1;
}
