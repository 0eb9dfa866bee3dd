import { expect } from "chai";
import { testOrder } from "../../../scripts/mutate/testOrder.ts";

const suite = (title: string, test: string) => ({ title, file: `/somewhere/${test}.test.ts` });
const suites = [
  suite("CustodyLedger (ECDSA)", "custodyKinds"),
  suite("CustodyLedger (ERC-1271)", "custodyKinds"),
  suite("by anything at random", "differential"),
  suite("PassportHolds (ECDSA)", "passportHolds"),
  suite("PassportHolds (ERC-1271)", "passportHolds"),
  suite("from mint to closure (ECDSA)", "walk"),
];
const titles = (source: string, lastKiller: string): string[] =>
  testOrder(suites, source, lastKiller).map(({ title }) => title);

describe("testOrder", () => {
  it("starts near the mutated file, and leaves the other kind of signature and random stories for the end", () => {
    expect(titles("contracts/PassportHolds.sol", "")).to.deep.equal([
      "from mint to closure (ECDSA)",
      "PassportHolds (ECDSA)",
      "CustodyLedger (ECDSA)",
      "PassportHolds (ERC-1271)",
      "CustodyLedger (ERC-1271)",
      "by anything at random",
    ]);
  });

  it("tries first what killed the mutation before", () => {
    expect(titles("contracts/PassportHolds.sol", "CustodyLedger (ERC-1271)")[0]).to.equal("CustodyLedger (ERC-1271)");
  });

  it("never starts with random stories", () => {
    expect(titles("", "by anything at random").at(-1)).to.equal("by anything at random");
  });
});
