import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm run format`: writes what `npm run check` expects of format and of lint that mends itself. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools: readonly [program: string, ...args: string[]][] = [
  ["@biomejs/biome/bin/biome", "check", "--write", "."],
  ["prettier/bin/prettier.cjs", "--write", "--log-level=warn", "contracts/**/*.sol"],
];
for (const [program, ...args] of tools) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", program), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
