import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWeb } from "../../scripts/buildWeb.ts";

let building: Promise<string> | undefined;

/** The folder of the page as it is built from the sources now: once for a run, and apart from what is being served. */
export function builtPage(): Promise<string> {
  building ??= build();
  return building;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await buildWeb(folder);
  return folder;
}
