import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { enlargedConfig } from "./enlargedConfig.ts";
import { findMutations, type Mutation, type Sources } from "./mutate/findMutations.ts";
import { plantMutations } from "./mutate/plantMutations.ts";

/**
 * Mutation testing of the contract, on demand: changes one thing at a time and sees whether the contract's tests notice.
 *
 *     mutate              every mutation, some seconds each
 *     mutate --every 5    one in five
 *
 * Prints the survivors and writes contracts/docs/mutation-result.json.
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({ options: { every: { type: "string", default: "1" } } });
const every = Number(values.every);
if (!Number.isInteger(every) || every < 1) throw new Error("--every takes a whole number from 1 on");
const RESULT = join(root, "contracts/docs/mutation-result.json");
const ENTRIES = ["contracts/BatteryPassport.sol", "contracts/test/HashHarness.sol", "contracts/test/TestWallet.sol"];
const TEST_TIMEOUT_MS = 120_000;
const CONFIG = enlargedConfig({
  network: 'coinbase: "0x" + Number(process.env.MUTATION ?? 0).toString(16).padStart(40, "0"),',
});

async function readSources(): Promise<Sources> {
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

/** A copy of what the contract's tests need, with every mutation planted. */
async function prepare(sources: Sources): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mutate-"));
  for (const part of ["test/contracts", "test/vectors", "scripts", "backend", "package.json", "tsconfig.json"]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await cp(join(root, "hardhat.config.ts"), join(folder, "hardhat.base.config.ts"));
  await writeFile(join(folder, "hardhat.config.ts"), CONFIG);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, { content }] of Object.entries(sources)) {
    if (!name.startsWith("contracts/")) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Whether the contract's tests pass with that mutation; a run that does not end has noticed it. */
function testsPass(folder: string, mutation: number, output: "inherit" | "ignore" = "ignore"): boolean {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const { status } = spawnSync(
    process.execPath,
    [mocha, "--bail", "--exit", "--timeout", "30000", "test/contracts/**/*.test.ts"],
    {
      cwd: folder,
      stdio: output,
      timeout: TEST_TIMEOUT_MS,
      env: { ...process.env, MUTATION: String(mutation) },
    },
  );
  return status === 0;
}

const describe = ({ file, line, said }: Mutation): string => `${file}:${line} ${said}`;

const sources = await readSources();
const found = findMutations(sources, (file) => /^contracts\/(?!test\/|interfaces\/)/.test(file));
const planted = plantMutations(sources, found);
const folder = await prepare(planted.sources);
console.log(`${found.length} mutations found, ${planted.mutations.size} compile`);
try {
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const build = spawnSync(process.execPath, [hardhat, "build", "--quiet"], { cwd: folder, stdio: "inherit" });
  if (build.status !== 0) throw new Error("The contract with its mutations does not compile.");
  if (!testsPass(folder, 0, "inherit")) throw new Error("The tests fail without any mutation.");

  const survivors: string[] = [];
  const tried = [...planted.mutations].filter((_, i) => i % every === 0);
  for (const [i, [number, mutation]] of tried.entries()) {
    const survived = testsPass(folder, number);
    if (survived) survivors.push(describe(mutation));
    console.log(`${i + 1}/${tried.length} ${survived ? "SURVIVED" : "killed"} ${describe(mutation)}`);
  }
  const killed = tried.length - survivors.length;
  const share = Math.round((1000 * killed) / tried.length) / 10;
  await writeFile(
    RESULT,
    `${JSON.stringify({ compiling: planted.mutations.size, tried: tried.length, killed, share, survivors }, null, 2)}\n`,
  );
  console.log(`${killed} of ${tried.length} killed (${share} %)`);
  if (share < 95) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
