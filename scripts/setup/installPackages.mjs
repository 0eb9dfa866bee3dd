import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "./runNpm.mjs";
import { sayWhile } from "./say.mjs";

const STAMP = join("node_modules", ".installed");

/** The parts of package.json that decide what is installed; a changed script is no reason to install again. */
const DECIDING = ["dependencies", "devDependencies", "optionalDependencies", "overrides", "allowScripts"];

/** @param {string} root @param {string} node @returns {boolean} whether node_modules is what the lock says */
export function isInstalled(root, node) {
  const wanted = stampOf(root);
  if (readOr(join(root, STAMP), "") === wanted) return true;
  if (node !== process.execPath || !matchesLock(root)) return false;
  finish(root, wanted); // installed by hand, with `npm ci` under this Node
  return true;
}

/** Installs exactly what the lock says. @param {string} root @param {string} node */
export async function installPackages(root, node) {
  const install = ["ci", "--include=dev", "--include=optional"]; // even where NODE_ENV says production
  const options = {
    cwd: root,
    failure: "npm ci failed: the reason stands above. Look at the network and the free disk space, and start again.",
  };
  // The lock names exact versions, so what npm has in its cache need not be asked whether it is still fresh (a sixth of
  // the work). Only a cache from before one of them was published makes that fail; then npm asks.
  const installed = runNpm(node, [...install, "--prefer-offline"], options).catch(() => runNpm(node, install, options));
  await sayWhile("installing the packages of package-lock.json", installed);
  finish(root, stampOf(root));
}

function stampOf(root) {
  const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  hash.update(JSON.stringify(DECIDING.map((key) => packageJson[key])));
  return `${hash.digest("hex")} ${process.platform}-${process.arch}`;
}

/** Whether npm's own record of what it put into node_modules holds everything that the lock has for this machine. */
function matchesLock(root) {
  const hidden = readOr(join(root, "node_modules", ".package-lock.json"), undefined);
  if (hidden === undefined) return false;
  const installed = JSON.parse(hidden).packages;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const fits = (wanted, mine) => wanted === undefined || wanted.includes(mine);
  return Object.entries(locked).every(([path, { version, optional, os, cpu, libc }]) => {
    if (path === "" || installed[path]?.version === version) return true;
    if (!optional) return false;
    // A native part that this machine could use and an older Node left out, or what belongs to another machine's part?
    const native = os !== undefined || cpu !== undefined;
    return !native || !fits(os, process.platform) || !fits(cpu, process.arch) || !fits(libc, "glibc");
  });
}

/** Links the project's own bin, which npm does only for dependencies, so that `npx battery-passport` finds it. */
function finish(root, stamp) {
  const bin = join(root, "node_modules", ".bin");
  const link = join(bin, "battery-passport");
  try {
    mkdirSync(bin, { recursive: true });
    rmSync(link, { force: true });
    if (process.platform === "win32") {
      writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\scripts\\battery-passport.mjs" %*\r\n');
    } else {
      symlinkSync(join("..", "..", "scripts", "battery-passport.mjs"), link);
      chmodSync(join(root, "scripts", "battery-passport.mjs"), 0o755);
    }
    writeFileSync(join(root, STAMP), stamp);
  } catch (error) {
    // A checkout that belongs to somebody else, installed already: it works, only without the shortcut.
    if (!existsSync(join(root, "node_modules")) || !["EACCES", "EROFS", "EPERM"].includes(error.code)) throw error;
  }
}

function readOr(file, otherwise) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
