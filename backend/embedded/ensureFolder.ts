import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing. Throws the system's error where that is not possible.
 *
 * Not Node's own `recursive`: that one never returns where a folder exists and refuses new names with ENOENT, as
 * /proc does.
 */
export function ensureFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(path))) throw error;
    ensureFolder(dirname(path), mode);
    mkdirSync(path, { mode });
  }
}
