import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { processStamp } from "../../backend/embedded/processStamp.ts";

/** An empty folder with a space and other letters in its path, that any user may pass through; and its removal. */
export function temporaryFolder(): { path: string; remove(): void } {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "battery passport ")));
  chmodSync(top, 0o711);
  const path = join(top, "Prüfung 电池");
  mkdirSync(path);
  return { path, remove: () => rmSync(top, { recursive: true, force: true }) };
}

/** Numbers of the live processes whose command line names the folder. */
export async function processesNaming(folder: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-ww", "-eo", "pid=,args="], { maxBuffer: 1 << 26 });
  const naming = stdout.split("\n").filter((line) => line.includes(folder));
  return naming.map((line) => Number.parseInt(line, 10)).filter((pid) => processStamp(pid) !== undefined);
}
