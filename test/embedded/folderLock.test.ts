import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type FolderLock, folderHolder, takeFolder } from "../../backend/embedded/folderLock.ts";
import { processStamp } from "../../backend/embedded/processStamp.ts";
import { temporaryFolder } from "./folders.ts";

describe("takeFolder", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const leaveLock = (pid: number, stamp: string) =>
    writeFileSync(join(folder.path, "lock.json"), JSON.stringify({ pid, stamp }));

  it("gives the folder to one process at a time, and names it", () => {
    const lock = takeFolder(folder.path) as FolderLock;
    expect(takeFolder(folder.path)).to.deep.equal({ heldBy: process.pid });
    expect(folderHolder(folder.path)).to.equal(process.pid);
    lock.release();
    expect(folderHolder(folder.path)).to.equal(undefined);
    expect(readdirSync(folder.path)).to.deep.equal([]);
  });

  it("takes over the lock of a process that is gone", () => {
    leaveLock(2 ** 22 + 1, "nobody"); // above the highest number that Linux gives out
    expect(takeFolder(folder.path)).to.have.property("release");
  });

  it("takes over a lock whose number belongs to another process by now", () => {
    leaveLock(process.ppid, "an earlier life");
    expect(takeFolder(folder.path)).to.have.property("release");
  });

  it("respects a live process, and takes over a file that is no lock", () => {
    leaveLock(process.ppid, processStamp(process.ppid) ?? "");
    expect(takeFolder(folder.path)).to.deep.equal({ heldBy: process.ppid });
    writeFileSync(join(folder.path, "lock.json"), '{"pid":');
    expect(takeFolder(folder.path)).to.have.property("release");
  });

  it("does not remove a lock that is somebody else's by now", () => {
    const lock = takeFolder(folder.path) as FolderLock;
    leaveLock(process.ppid, processStamp(process.ppid) ?? "");
    lock.release();
    expect(folderHolder(folder.path)).to.equal(process.ppid);
  });

  it("lets exactly one of several starters take over a stale lock", async () => {
    leaveLock(2 ** 22 + 1, "nobody");
    const module = fileURLToPath(new URL("../../backend/embedded/folderLock.ts", import.meta.url));
    const program = `import { takeFolder } from ${JSON.stringify(module)};
      process.stdin.once("data", () => console.log("release" in takeFolder(process.argv[1])));
      console.log("ready"); process.stdin.once("end", () => process.exit());`;
    const starters = Array.from({ length: 5 }, () => {
      const args = [
        "--input-type=module-typescript",
        "--disable-warning=ExperimentalWarning",
        "-e",
        program,
        folder.path,
      ];
      const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
      const lines: string[] = [];
      let wake = (): void => undefined;
      child.stdout.on("data", (chunk) => {
        lines.push(...String(chunk).trim().split("\n"));
        wake();
      });
      const line = async (count: number) => {
        while (lines.length < count) await new Promise<void>((resolve) => (wake = resolve));
        return lines[count - 1];
      };
      return { child, line };
    });
    await Promise.all(starters.map(({ line }) => line(1)));
    for (const { child } of starters) child.stdin.write("go\n");
    const took = await Promise.all(starters.map(({ line }) => line(2)));
    for (const { child } of starters) child.stdin.end();
    expect(took.filter((answer) => answer === "true")).to.have.length(1);
  });
});
