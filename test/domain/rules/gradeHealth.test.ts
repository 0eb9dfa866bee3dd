import { expect } from "chai";
import { parseDecimal } from "../../../backend/domain/decimal.ts";
import { gradeHealth } from "../../../backend/domain/rules/gradeHealth.ts";
import { judgeTransport } from "../../../backend/domain/rules/judgeTransport.ts";

const gradeOf = (percent: string | undefined, isSafe: boolean | undefined, day = "2026-05-01") =>
  gradeHealth({ stateOfHealth: percent === undefined ? undefined : parseDecimal(percent), isSafe }, day);

describe("gradeHealth", () => {
  for (const [percent, grade] of [
    ["80", "REUSE_VEHICLE"],
    ["79.99", "CASCADE"],
    ["60.0", "CASCADE"],
    ["59.999", "RECYCLE"],
    ["0", "RECYCLE"],
  ] as const) {
    it(`grades a safe battery of ${percent} % as ${grade}, by a set with an id`, () => {
      expect(gradeOf(percent, true)).to.include({ grade, ruleSet: "state-of-health-grades-1" });
    });
  }

  it("never grades by state of health alone", () => {
    expect(gradeOf("95", undefined).grade).to.equal("UNKNOWN");
    expect(gradeOf("95", false).grade).to.equal("UNSAFE_HOLD");
    expect(gradeOf(undefined, true).grade).to.equal("UNKNOWN");
    expect(gradeOf("95", true, "2001-01-01").grade).to.equal("UNKNOWN");
  });
});

describe("judgeTransport", () => {
  const NO = { leakage: false, deformation: false, heat: false, insulation: false, water: false, fire: false };
  const verdicts = (answers: Record<string, boolean>) =>
    judgeTransport(answers, "2026-05-01").map(({ verdict }) => verdict);

  it("permits what was answered with no throughout, and nothing less", () => {
    expect(new Set(verdicts(NO))).to.deep.equal(new Set(["met"]));
    expect(verdicts({ ...NO, heat: true })).to.include("missed");
    const { heat: _, ...others } = NO;
    expect(verdicts(others)).to.include("unknown");
    expect(verdicts({})).to.not.include("met");
  });
});
