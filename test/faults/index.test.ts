import { readFileSync } from "node:fs";
import { expect } from "chai";

const HERE = new URL("./", import.meta.url);
const FAULTS = 52;
const ROW = /^\| (\d+)(?: ★)? \| .* \| (.*) \|$/gm;
/** `file` › words of a title; more titles of the same file after a semicolon. */
const NAMED = /`([\w./]+\.(?:test|long)\.ts)` › ([^`|]+)/g;

/** Words of a title, without what the table says about it in brackets. */
const titlesOf = (words: string): string[] =>
  words
    .replaceAll(/\([^)]*\)/g, "")
    .split(";")
    .map((title) => title.trim())
    .filter((title) => title !== "" && !/^(its own|its parts|short)/.test(title));

describe("the table of faults", () => {
  const rows = [...readFileSync(new URL("README.md", HERE), "utf8").matchAll(ROW)];

  it("has every fault once, in order", () => {
    expect(rows.map(([, number]) => Number(number))).to.deep.equal(Array.from({ length: FAULTS }, (_, i) => i + 1));
  });

  it("names tests that exist", () => {
    let named = 0;
    for (const [, number, tests = ""] of rows) {
      for (const [, file = "", words = ""] of tests.matchAll(NAMED)) {
        const source = readFileSync(new URL(file, HERE), "utf8");
        for (const title of titlesOf(words)) {
          expect(source, `fault ${number}: ${file}`).to.include(title);
          named += 1;
        }
      }
    }
    expect(named).to.be.greaterThan(FAULTS - 5);
  });
});
