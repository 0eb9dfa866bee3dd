import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const MAIN = fileURLToPath(new URL("../../scripts/cli/main.ts", import.meta.url));

/** Runs a command whose output nobody reads, as behind `| true`. */
async function unread(...words: string[]): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  const [code] = await once(child, "close");
  return { code, err };
}

describe("a command whose reader has gone", () => {
  it("says nothing of it, and ends with the exit code of what it did", async () => {
    expect(await unread("record", "--help")).to.deep.equal({ code: 0, err: "" });
    expect((await unread("decode", "04QCB76836300JBC40000903", "--json")).code).to.equal(0);
    expect((await unread("decode", "JBC4000090304QCB76836300")).code).to.equal(1);
  });
});
