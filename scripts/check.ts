import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Everything that must hold before a change lands. It never writes: what is generated is generated again elsewhere and
 * compared, and formatters only look. `npm run format` and `npm run generate` mend what it finds.
 *
 *     check                  all of it
 *     check lint typecheck   only these groups: generated, lint, typecheck, tests
 *     check --no-tests       all but the tests
 */
interface Check {
  readonly group: "generated" | "lint" | "typecheck" | "tests";
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

const SOLIDITY = "contracts/**/*.sol";

const CHECKS: readonly Check[] = [
  { group: "generated", name: "the lock serves every platform", tool: "scripts/completeLock.mjs", args: ["--check"] },
  { group: "generated", name: "contract bindings", tool: "scripts/generateBindings.ts", args: ["--check"] },
  { group: "generated", name: "hash vectors", tool: "scripts/vectors.ts", args: ["--check"] },
  { group: "generated", name: "contract size and storage", tool: "scripts/contractSnapshot.ts", args: ["--check"] },
  { group: "generated", name: "gas", tool: "scripts/bench/gas.ts", args: ["--check"] },
  { group: "generated", name: "result of mutation testing", tool: "scripts/mutate/checkResult.ts", args: [] },
  { group: "lint", name: "format and lint", tool: "@biomejs/biome", args: ["ci", "--colors=off", "."] },
  { group: "lint", name: "format of the contracts", tool: "prettier", args: ["--check", "--log-level=warn", SOLIDITY] },
  { group: "lint", name: "lint of the contracts", tool: "solhint", args: ["--noPoster", "--max-warnings=0", SOLIDITY] },
  { group: "typecheck", name: "types", tool: "typescript", args: ["-p", "."] },
  {
    group: "typecheck",
    name: "types of the domain, without Node or DOM",
    tool: "typescript",
    args: ["-p", "backend/domain"],
  },
  { group: "typecheck", name: "types of the page, without Node", tool: "typescript", args: ["-p", "backend/web"] },
  { group: "tests", name: "tests", tool: "scripts/test.ts", args: [] },
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** The JavaScript to run for a file of this project or for a package's command. */
function programOf(tool: string): string {
  if (tool.startsWith("scripts/")) return join(root, tool);
  const folder = join(root, "node_modules", tool);
  const { bin } = require(join(folder, "package.json")) as { bin: string | Record<string, string> };
  const entry = typeof bin === "string" ? bin : (bin[tool] ?? Object.values(bin)[0]);
  return join(folder, entry ?? "");
}

const wanted = process.argv.slice(2);
const groups = wanted.filter((word) => !word.startsWith("--"));
const present = CHECKS.filter(({ args }) => args[0] !== "-p" || existsSync(join(root, args[1] ?? "", "tsconfig.json")));
const chosen = present
  .filter(({ group }) => groups.length === 0 || groups.includes(group))
  .filter(({ group }) => group !== "tests" || !wanted.includes("--no-tests"));
if (chosen.length === 0) {
  console.error(`check: there is no group ${groups.join(", ")}; there are generated, lint, typecheck and tests.`);
  process.exit(2);
}

const broken: string[] = [];
for (const { name, tool, args } of chosen) {
  console.log(`── ${name}`);
  const { status } = spawnSync(process.execPath, [programOf(tool), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) broken.push(name);
}
console.log(broken.length === 0 ? `── all ${chosen.length} checks hold` : `── broken: ${broken.join("; ")}`);
process.exit(broken.length === 0 ? 0 : 1);
