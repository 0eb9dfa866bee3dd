#!/usr/bin/env node
// Runs a program of this project under a Node that can, with everything installed that it needs:
//
//     node scripts/launch.mjs <program> [arguments]
//
// <program> is a file of the project (backend/main/start.ts) or a tool of node_modules/.bin (mocha).
//
// Every npm script and the bin go through here, so that a machine with nothing but an old Node and npm can run all of
// them, the first time as well. It stands on Node's own modules alone and parses on Node 18. With nothing to do it
// prints nothing and costs a tenth of a second. What it has to say goes to stderr: stdout belongs to the program.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generateCode, isGenerated } from "./setup/generateCode.mjs";
import { installPackages, isInstalled } from "./setup/installPackages.mjs";
import { obtainNode, suitableNode } from "./setup/obtainNode.mjs";
import { oneAtATime } from "./setup/oneAtATime.mjs";
import { npmAndItsShell, onParentGone } from "./setup/onParentGone.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Prepares whatever is missing and runs the program in its place: same terminal, same folder, same signals.
 * @param {string[]} argv program and arguments
 * @returns {Promise<void>} when the program runs; this process ends with the program's exit code or signal
 */
export async function launch([program, ...args]) {
  const node = await prepare(program);
  const script = locate(program);
  const endWithLauncher = pathToFileURL(join(root, "scripts", "setup", "endWithLauncher.mjs")).href;
  const child = spawn(node, ["--import", endWithLauncher, script, ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm killed by force takes no one with it; the program must not run on without anybody to stop it.
  if (process.env.npm_lifecycle_event !== undefined) onParentGone(() => child.kill("SIGTERM"), npmAndItsShell);
  child.once("error", fail);
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** The file of a program. Tools are found by their package's own entry: what npm puts into .bin is no JavaScript on Windows. */
function locate(program) {
  const file = join(root, program);
  if (existsSync(file)) return file;
  const folder = join(root, "node_modules", program);
  if (!existsSync(folder)) throw new Error(`There is no program ${program} in this project.`);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[program]);
}

/** Ends with one sentence. @param {Error} error */
export function fail(error) {
  console.error(error.message);
  process.exit(1);
}

/** @param {string} program @returns {Promise<string>} the path of the Node to run it with */
async function prepare(program) {
  const ready = suitableNode(root);
  if (ready !== undefined && isInstalled(root, ready) && isGenerated(root, program)) return ready;
  return await oneAtATime(root, async () => {
    const node = suitableNode(root) ?? (await obtainNode(root));
    if (!isInstalled(root, node)) await installPackages(root, node);
    if (!isGenerated(root, program)) await generateCode(root, node, program);
    return node;
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.length < 3) fail(new Error("usage: node scripts/launch.mjs <program> [arguments]"));
  launch(process.argv.slice(2)).catch(fail);
}
