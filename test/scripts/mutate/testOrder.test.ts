import { globSync } from "node:fs";
import { basename } from "node:path";
import { expect } from "chai";
import { isMutated } from "../../../scripts/mutate/sources.ts";
import { testOrder } from "../../../scripts/mutate/testOrder.ts";

const tests = globSync("test/contracts/*.test.ts").map((file) => basename(file, ".test.ts"));
const sources = globSync("contracts/**/*.sol").filter(isMutated);

describe("testOrder", () => {
  it("names every test file once, whatever is mutated", () => {
    for (const source of sources)
      expect(testOrder(source, tests)).to.have.members(tests).and.have.lengthOf(tests.length);
  });

  it("puts the file's own tests near the start and random stories last", () => {
    const order = testOrder("contracts/PassportHolds.sol", tests);
    expect(order.indexOf("passportHolds")).to.equal(1);
    expect(order.slice(-2)).to.deep.equal(["differential", "rebuild"]);
  });

  it("leaves out a test file that is gone", () => {
    expect(testOrder("contracts/PassportHolds.sol", ["walk", "rebuild"])).to.deep.equal(["walk", "rebuild"]);
  });
});
