import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * Runs a program to its end with its output kept back, and shows that only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, env?: Record<string, string>, failure: string}} options `failure` is the sentence to fail with
 */
export function runQuietly(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-8000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const end = () => child.kill();
    process.once("exit", end);
    child.once("error", reject);
    child.once("close", (code) => {
      process.removeListener("exit", end);
      if (code === 0) resolve();
      else reject(new Error(`${output.trimEnd()}\n\n${options.failure}`));
    });
  });
}

/**
 * Runs npm under a given Node: npm decides by the Node it runs on which optional packages fit the machine, so that an
 * old one silently leaves out native parts.
 * @param {string} node
 * @param {string[]} args
 * @param {{cwd: string, failure: string}} options
 */
export function runNpm(node, args, options) {
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  return runQuietly(node, [npmProgram(), ...args, ...quiet], {
    ...options,
    env: { PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
  });
}

/** npm's own JavaScript: the one that started us, the one beside our Node, or the first on the PATH. */
function npmProgram() {
  const besideNode = dirname(process.execPath);
  const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => {
    const npm = join(folder, process.platform === "win32" ? "npm.cmd" : "npm");
    if (!existsSync(npm)) return [];
    return [realpathSync(npm), join(folder, "node_modules", "npm", "bin", "npm-cli.js")];
  });
  const candidates = [
    process.env.npm_execpath ?? "",
    join(besideNode, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(besideNode, "node_modules", "npm", "bin", "npm-cli.js"),
    ...onPath,
  ];
  const found = candidates.find((file) => /npm-cli\.[cm]?js$/.test(file) && existsSync(file));
  if (found === undefined) throw new Error("npm is not to be found: install Node.js with npm from nodejs.org.");
  return found;
}
