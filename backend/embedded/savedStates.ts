import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { writeDurably } from "./durableFile.ts";

const COPIES = 3;
const NAME = /^(\d{8})-block-(\d+)\.json\.gz$/;

/** One copy of the whole chain as it stood at a block. */
export interface SavedState {
  readonly path: string;
  readonly sequence: number;
  readonly blockNumber: number;
}

/**
 * The copies in a folder, newest first. The sequence number, not the block number, says which is newer: a chain may
 * go back.
 */
export function listStates(folder: string): SavedState[] {
  mkdirSync(folder, { recursive: true });
  return readStates(folder);
}

/** The same without creating the folder, for readers that write nothing. */
export function readStates(folder: string): SavedState[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match ? [{ path: join(folder, name), sequence: Number(match[1]), blockNumber: Number(match[2]) }] : [];
    })
    .sort((a, b) => b.sequence - a.sequence);
}

/** Puts a new copy on disk and drops all but the newest three. The bytes are the node's own gzip. */
export async function saveState(folder: string, blockNumber: number, gzipped: Uint8Array): Promise<void> {
  const states = listStates(folder);
  const sequence = (states[0]?.sequence ?? 0) + 1;
  const path = join(folder, `${String(sequence).padStart(8, "0")}-block-${blockNumber}.json.gz`);
  await writeDurably(path, gzipped);
  for (const old of states.slice(COPIES - 1)) rmSync(old.path, { force: true });
}

/**
 * The state as the node reads it (it does not read gzip back). gzip's own checksum and length are the check that the
 * copy is whole: a JSON file with one digit changed would load, and be wrong. Throws when the copy is damaged.
 */
export async function unpackState(state: SavedState): Promise<Buffer> {
  return await promisify(gunzip)(readFileSync(state.path));
}

/** Takes a copy that does not load out of the rotation, but keeps it for whoever wants to look. */
export function setAside(state: SavedState): void {
  renameSync(state.path, `${state.path}.damaged`);
}
