import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Mutation } from "../../../scripts/mutate/findMutations.ts";
import { readSubject, staleness, summarize, writeResult } from "../../../scripts/mutate/result.ts";

const mutation = (line: number): Mutation => ({
  file: "contracts/Passports.sol",
  start: 0,
  end: 1,
  part: "expression",
  changed: "false",
  line,
  said: "x: left out",
});
const mutations = new Map([1, 2, 3, 4].map((number) => [number, mutation(number)]));
const summary = summarize(
  [
    { number: 4, kind: "timed out", ms: 1 },
    { number: 3, kind: "survived", ms: 1 },
    { number: 1, kind: "killed", ms: 1 },
    { number: 2, kind: "survived", ms: 1 },
  ],
  mutations,
);

describe("result of mutation testing", () => {
  it("counts no run that did not end as killed, and lists it apart from survivors", () => {
    expect(summary).to.deep.equal({
      mutations: 4,
      killed: 1,
      share: 25,
      timedOut: ["#4 contracts/Passports.sol:4 x: left out"],
      survivors: ["#2 contracts/Passports.sol:2 x: left out", "#3 contracts/Passports.sol:3 x: left out"],
    });
  });

  describe("in a copy of the contract", () => {
    let root: string;
    const change = async (file: string): Promise<void> => {
      const path = join(root, file);
      await writeFile(path, `${await readFile(path, "utf8")}// changed\n`);
    };
    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), "result-"));
      await cp("contracts", join(root, "contracts"), { recursive: true });
      await writeResult(root, { ...(await readSubject(root)), ...summary });
    });
    afterEach(() => rm(root, { recursive: true }));

    it("is about the sources that it was written for, and about no others", async () => {
      expect(await staleness(root)).to.equal(undefined);
      await change("contracts/libraries/EventForm.sol");
      expect(await staleness(root)).to.include("npm run mutate");
    });

    it("stands when only what the tests deploy has changed", async () => {
      await change("contracts/test/TestWallet.sol");
      expect(await staleness(root)).to.equal(undefined);
    });
  });
});
