import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { enlargedConfig } from "./enlargedConfig.ts";

/**
 * Prints which lines and statements of contracts/ the contract's mocha tests run, and fails below 100 %. Works on a copy,
 * so that no instrumented artifact is ever taken for the real one.
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const PARTS = [
  "contracts",
  "test/contracts",
  "test/vectors",
  "scripts",
  "backend/domain",
  "backend/chain",
  "package.json",
  "tsconfig.json",
];
const CONFIG = enlargedConfig({ top: 'coverage: { skipFiles: ["contracts/test/**"] },' });
const RUN = `import Mocha from "mocha";
import { globSync } from "node:fs";
import hre from "hardhat";
import { markTestRunDone, markTestRunStart, markTestWorkerDone } from "hardhat/internal/coverage";

await hre.tasks.getTask("build").run({ quiet: true });
await markTestRunStart("mocha");
const mocha = new Mocha({ timeout: 120_000, reporter: "dot" });
for (const file of globSync("test/contracts/**/*.test.ts").sort()) mocha.addFile(file);
await mocha.loadFilesAsync();
const failures = await new Promise((resolve) => mocha.run(resolve));
await markTestWorkerDone("mocha");
await markTestRunDone("mocha");
process.exit(failures === 0 ? 0 : 1);
`;

/** The last line of Hardhat's table: lines and statements, in per cent. */
const TOTAL = /Total\s*│\s*([\d.]+)\s*│\s*([\d.]+)/;

const folder = await mkdtemp(join(tmpdir(), "coverage-"));
try {
  for (const part of PARTS) await cp(join(root, part), join(folder, part), { recursive: true });
  await cp(join(root, "hardhat.config.ts"), join(folder, "hardhat.base.config.ts"));
  await writeFile(join(folder, "hardhat.config.ts"), CONFIG);
  await writeFile(join(folder, "run.ts"), RUN);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const { status, stdout } = spawnSync(process.execPath, ["run.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    env: { ...process.env, HARDHAT_COVERAGE: "true" },
  });
  console.log(stdout);
  const [, lines, statements] = TOTAL.exec(stdout) ?? [];
  if (status !== 0) console.error("The contract's tests fail.");
  if (lines !== "100.00" || statements !== "100.00") {
    console.error(`${lines} % of lines and ${statements} % of statements run in the contract's tests; all must.`);
  }
  if (status !== 0 || lines !== "100.00" || statements !== "100.00") process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
