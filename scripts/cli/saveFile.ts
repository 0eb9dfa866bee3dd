import { writeFile } from "node:fs/promises";
import { DomainError } from "../../backend/domain/errors.ts";

/** Writes what may be read by anybody. Throws `file-not-writable`. */
export async function saveFile(file: string, content: string | Uint8Array): Promise<void> {
  await write(file, content, {});
}

/** Writes what opens withheld fields: for its owner alone, and never over a file that exists. */
export async function saveProtected(file: string, text: string): Promise<void> {
  await write(file, text, { flag: "wx", mode: 0o600 });
}

async function write(file: string, content: string | Uint8Array, options: object): Promise<void> {
  await writeFile(file, content, options).catch((cause) => {
    throw new DomainError("file-not-writable", `${file} cannot be written (${cause.code}).`, { file });
  });
}
