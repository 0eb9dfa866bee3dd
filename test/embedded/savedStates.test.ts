import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { listStates, readStates, saveState, setAside, unpackState } from "../../backend/embedded/savedStates.ts";
import { temporaryFolder } from "./folders.ts";

describe("saved states of the chain", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const save = async (blockNumber: number) =>
    await saveState(folder.path, blockNumber, gzipSync(`{"n":${blockNumber}}`));
  const blocks = () => listStates(folder.path).map(({ blockNumber }) => blockNumber);

  it("keeps the newest three, newest first", async () => {
    for (const block of [1, 5, 9, 13]) await save(block);
    expect(blocks()).to.deep.equal([13, 9, 5]);
    expect(readdirSync(folder.path)).to.have.length(3);
  });

  it("counts what was saved last as newest, also when the chain went back", async () => {
    for (const block of [100, 40]) await save(block);
    expect(blocks()).to.deep.equal([40, 100]);
  });

  it("gives back the bytes, and refuses a copy with one bit flipped or its end missing", async () => {
    await save(7);
    const [state] = listStates(folder.path);
    const bytes = readFileSync(state!.path);
    expect(String(await unpackState(state!))).to.equal('{"n":7}');
    for (const damage of [(b: Buffer) => b.fill(b[14]! ^ 1, 14, 15), (b: Buffer) => b.subarray(0, -3)]) {
      writeFileSync(state!.path, damage(Buffer.from(bytes)));
      expect(await unpackState(state!).then(String, () => "refused")).to.equal("refused");
    }
  });

  it("sets a damaged copy aside without deleting it", async () => {
    await save(7);
    setAside(listStates(folder.path)[0]!);
    expect(blocks()).to.deep.equal([]);
    expect(readdirSync(folder.path)).to.deep.equal(["00000001-block-7.json.gz.damaged"]);
  });

  it("overlooks a copy that a crash left half written", async () => {
    await save(7);
    writeFileSync(join(folder.path, "00000002-block-9.json.gz.writing"), "half");
    expect(blocks()).to.deep.equal([7]);
    await save(9);
    expect(blocks()).to.deep.equal([9, 7]);
  });

  it("reads a folder that is not there as empty, without making it", () => {
    expect(readStates(join(folder.path, "none"))).to.deep.equal([]);
    expect(readdirSync(folder.path)).to.deep.equal([]);
  });
});
