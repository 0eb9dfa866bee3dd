import { open, readFile } from "node:fs/promises";
import { DomainError } from "../domain/errors.ts";
import type { ErasureEntry } from "./erasures.ts";

/** The erasure log as a file beside the database: a backup of the database restores what was erased, and this does not. */
export type ErasureFile = {
  /** Returns when the entry is on the disk. */
  append(entry: ErasureEntry): Promise<void>;
  read(): Promise<ErasureEntry[]>;
};

/** One JSON document a line. Errors: `erasure-file-damaged`, with the line. */
export function erasureFile(path: string): ErasureFile {
  return {
    async append(entry) {
      const file = await open(path, "a", 0o600);
      try {
        await file.writeFile(`${JSON.stringify(entry)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    async read() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      // A last line without its end was cut off by a power cut, before its erasure was answered for.
      return text
        .split("\n")
        .slice(0, -1)
        .map((line, i) => parseLine(path, line, i + 1));
    },
  };
}

function parseLine(path: string, line: string, number: number): ErasureEntry {
  try {
    const entry = JSON.parse(line) as ErasureEntry;
    const lists = [entry.disclosures, entry.erased];
    if (/^0x[0-9a-f]{64}$/.test(entry.digest) && /^0x[0-9a-f]{64}$/.test(entry.recordHash) && lists.every(isTexts)) {
      return entry;
    }
  } catch {
    // not JSON: the same answer
  }
  const sentence = `Line ${number} of ${path} is damaged: restore the file, or what it names would not be erased again.`;
  throw new DomainError("erasure-file-damaged", sentence, { path, line: number });
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");
