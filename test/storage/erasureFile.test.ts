import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Hash } from "../../backend/domain/types.ts";
import { erasureFile } from "../../backend/storage/erasureFile.ts";

const entry = (digit: string) => ({
  digest: `0x${digit.repeat(64)}` as Hash,
  participant: 1,
  recordHash: `0x${"1".repeat(64)}` as Hash,
  disclosures: ["a"],
  requestedAt: 5,
  signature: "0x" as const,
  erased: ["a", "b"],
  erasedAt: 6,
});

describe("the erasure file", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "battery-passport-erasures-"));
    path = join(folder, "erasures.ndjson");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("gives back what was appended, in order, to its owner alone", async () => {
    const file = erasureFile(path);
    expect(await file.read()).to.deep.equal([]);
    await file.append(entry("a"));
    await erasureFile(path).append(entry("b"));
    expect(await file.read()).to.deep.equal([entry("a"), entry("b")]);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("leaves out a last line that a power cut cut off", async () => {
    const file = erasureFile(path);
    await file.append(entry("a"));
    await writeFile(path, `${await readFile(path, "utf8")}{"digest":"0x`);
    expect(await file.read()).to.deep.equal([entry("a")]);
  });

  it("refuses any other damage, naming the line", async () => {
    const good = JSON.stringify(entry("a"));
    for (const bad of ["", "x", "{}", '{"digest":7}', JSON.stringify({ ...entry("b"), erased: "all" })]) {
      await writeFile(path, `${good}\n${bad}\n${good}\n`);
      const error = await erasureFile(path)
        .read()
        .catch((caught) => caught);
      expect(error.code, bad).to.equal("erasure-file-damaged");
      expect(error.details.line).to.equal(2);
    }
  });
});
