import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { ensureFolder } from "./ensureFolder.ts";
import { type FolderLock, takeFolder } from "./folderLock.ts";

/**
 * One installation is one folder (DATA_DIR, `.data` in the project by default), used by one server at a time:
 *
 *     chain/       the embedded chain: states, funded accounts (0600), endpoint.json
 *     postgres/    the embedded database, its password (0600) and its log
 *     lock.json    who runs it
 *
 * and whatever else a part keeps under a name of its own.
 */
export interface Installation extends FolderLock {
  /** Absolute. */
  readonly dataDir: string;
}

/**
 * Creates the folder if need be and takes it for this process; `release` gives it back, and so does the end of the
 * process, however it ends.
 * @param shared where database and chain lie elsewhere, the folder holds secrets and blocks only, which any number of
 *   processes may use at once
 * Errors: `data-dir-not-writable`, `data-dir-in-use`.
 */
export function openInstallation(folder: string, shared = false): Installation {
  const dataDir = resolve(folder);
  let lock: ReturnType<typeof takeFolder>;
  try {
    // Other users may pass through (PostgreSQL must not run as root), and list nothing; secrets are 0600 files.
    ensureFolder(dataDir, 0o711);
    accessSync(dataDir, constants.W_OK);
    if (shared) return { dataDir, release: () => undefined };
    lock = takeFolder(dataDir);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const message = `The data folder ${dataDir} cannot be written (${reason}); give it to this user, or set DATA_DIR to another one.`;
    throw new DomainError("data-dir-not-writable", message, { dataDir, reason }, { cause });
  }
  if ("heldBy" in lock) {
    const message = `The data folder ${dataDir} is in use by process ${lock.heldBy}; stop that one, or set DATA_DIR to another folder.`;
    throw new DomainError("data-dir-in-use", message, { dataDir, pid: lock.heldBy });
  }
  return { dataDir, release: lock.release };
}
