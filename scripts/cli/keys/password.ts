import { readFile } from "node:fs/promises";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Terminal } from "../terminal.ts";

/**
 * The password of a keystore: from BATTERY_PASSWORD, the first line of a file, or a person. Never from an option: every
 * user of a machine can read the command lines of the others.
 * @param twice a new password is typed twice
 * @throws DomainError `file-unreadable`, `password-missing`, `password-differs`
 */
export async function readPassword(
  terminal: Terminal,
  file: string | undefined,
  question: string,
  twice = false,
): Promise<string> {
  if (file !== undefined) {
    const text = await readFile(file, "utf8").catch((cause) => {
      throw new DomainError("file-unreadable", `The password file ${file} cannot be read (${cause.code}).`, { file });
    });
    return text.split(/\r?\n/)[0] ?? "";
  }
  const fromEnvironment = terminal.environment.BATTERY_PASSWORD;
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  if (terminal.ask === null) {
    throw new DomainError("password-missing", "The key file needs a password, and nobody is here to type it.");
  }
  const password = await terminal.ask(`${question}: `, true);
  if (twice && (await terminal.ask("Once more: ", true)) !== password) {
    throw new DomainError("password-differs", "The two passwords differ; nothing was written.");
  }
  return password;
}
