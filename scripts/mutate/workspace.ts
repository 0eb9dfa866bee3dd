import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { enlargedConfig } from "../enlargedConfig.ts";
import { findMutations, type Mutation } from "./findMutations.ts";
import { plantMutations } from "./plantMutations.ts";
import { hashPlanting, isMutated, readSources } from "./sources.ts";

/** Ignored by git: the contract with its mutations, compiled, and the journal of the run. */
export const MUTATION_DATA = ".data-mutation";
const COPIED = ["test/contracts", "test/vectors", "scripts", "backend/domain", "package.json", "tsconfig.json"];

export type Workspace = { readonly folder: string; readonly mutations: ReadonlyMap<number, Mutation> };

/**
 * A copy of what the contract's tests need, with every mutation planted and compiled. Planting and compiling take some
 * minutes, so that they are done again only when what decides about them has changed; the tests are copied every time.
 */
export async function prepareWorkspace(root: string): Promise<Workspace> {
  const folder = join(root, MUTATION_DATA, "workspace");
  const plantedFile = join(folder, "planted.json");
  const stamp = await hashPlanting(root);
  const planted = existsSync(plantedFile) ? JSON.parse(await readFile(plantedFile, "utf8")) : undefined;
  const mutations = planted?.stamp === stamp ? new Map<number, Mutation>(planted.mutations) : undefined;

  for (const part of COPIED) {
    await rm(join(folder, part), { recursive: true, force: true });
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await cp(join(root, "hardhat.config.ts"), join(folder, "hardhat.base.config.ts"));
  await writeFile(join(folder, "hardhat.config.ts"), enlargedConfig({}));
  if (!existsSync(join(folder, "node_modules"))) {
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  }
  if (mutations !== undefined) return { folder, mutations };

  const sources = await readSources(root);
  const found = findMutations(sources, isMutated);
  console.log(`${found.length} mutations found; sorting out what does not compile takes some minutes …`);
  const fresh = plantMutations(sources, found);
  console.log(`${fresh.mutations.size} compile`);
  await rm(join(folder, "contracts"), { recursive: true, force: true });
  for (const [name, { content }] of Object.entries(fresh.sources)) {
    if (!name.startsWith("contracts/")) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const build = spawnSync(process.execPath, [hardhat, "build", "--quiet"], { cwd: folder, encoding: "utf8" });
  if (build.status !== 0) throw new Error(`The contract with its mutations does not compile.\n${build.stderr}`);
  await writeFile(plantedFile, JSON.stringify({ stamp, mutations: [...fresh.mutations] }));
  return { folder, mutations: fresh.mutations };
}
