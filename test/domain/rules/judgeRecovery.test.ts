import { expect } from "chai";
import { judgeRecovery, recoveryFigures } from "../../../backend/domain/rules/judgeRecovery.ts";
import { judgeThresholds } from "../../../backend/domain/rules/judgeThresholds.ts";
import { ruleSetsOn } from "../../../backend/domain/rules/ruleSets.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";

const kg = (value: string) => ({ value, unit: "kg" });
const recovered = (element: string, mass: string, contained: string) => ({
  element,
  mass: kg(mass),
  contained: kg(contained),
});
const CLOSURE: JsonObject = {
  input: kg("1000"),
  products: [
    { material: "black mass", mass: kg("440.5") },
    { material: "steel", mass: { value: "0.26", unit: "t" } },
  ],
  residues: [{ material: "slag", mass: kg("200") }],
  recovered: [recovered("Li", "8", "10"), recovered("Co", "18", "20"), recovered("Ni", "89.99999999", "100")],
};
const verdicts = (day: string, stage: "whole-process" | "smelting-stage" = "whole-process", fields = CLOSURE) =>
  Object.fromEntries(judgeRecovery(fields, day, stage).map(({ rule, verdict }) => [rule, verdict]));

describe("judgeRecovery", () => {
  it("judges a record by the rules of its own day", () => {
    expect(verdicts("2024-06-01")).to.deep.equal({});
    expect(verdicts("2026-06-01")).to.deep.equal({ efficiency: "met" });
    const first = { Co: "met", Cu: "unknown", Pb: "unknown", Ni: "missed", Li: "met", efficiency: "met" };
    expect(verdicts("2028-06-01")).to.deep.equal(first);
    expect(verdicts("2032-06-01")).to.deep.equal({ ...first, Co: "missed" });
  });

  it("reaches no target by rounding", () => {
    const [, , nickel] = judgeRecovery(CLOSURE, "2028-06-01", "whole-process").filter(
      ({ rule }) => rule !== "efficiency",
    );
    expect(recoveryFigures(CLOSURE).Ni).to.deep.equal({ units: 89_999_999n, scale: 6 });
    expect(nickel).to.not.equal(undefined);
  });

  it("counts products alone as efficiency, in whatever unit of mass", () => {
    expect(recoveryFigures(CLOSURE).efficiency).to.deep.equal({ units: 70_050_000n, scale: 6 });
    expect(recoveryFigures({ ...CLOSURE, products: [{ material: "steel" }] }).efficiency).to.equal(undefined);
    expect(recoveryFigures({ ...CLOSURE, input: kg("0") }).efficiency).to.equal(undefined);
  });

  it("never puts China's smelting stage and the EU's whole process on one axis", () => {
    const whole = judgeRecovery(CLOSURE, "2028-06-01", "whole-process").map(({ ruleSet }) => ruleSet);
    const smelting = judgeRecovery(CLOSURE, "2028-06-01", "smelting-stage").map(({ ruleSet }) => ruleSet);
    expect(whole.filter((id) => id.startsWith("cn-"))).to.deep.equal([]);
    expect(new Set(smelting)).to.deep.equal(new Set(["cn-industry-conditions-2024"]));
    expect(verdicts("2028-06-01", "smelting-stage")).to.include({
      Li: "missed",
      Co: "missed",
      "waste-water-reuse": "unknown",
    });
    const [conditions] = ruleSetsOn("2028-06-01").filter(({ axis }) => axis === "recycling-smelting-stage");
    expect(conditions?.note).to.match(/do not share an axis/);
  });
});

describe("judgeThresholds", () => {
  it("takes what must be reached as reached, and what must stay below as missed, at the very figure", () => {
    const judged = judgeThresholds("recycling-smelting-stage", "2026-01-01", {
      Li: { units: 90n, scale: 0 },
      "copper-impurity": { units: 150n, scale: 2 },
      "aluminium-impurity": { units: 1499n, scale: 3 },
    });
    const verdictOf = (rule: string) => judged.find((one) => one.rule === rule)?.verdict;
    expect(["Li", "copper-impurity", "aluminium-impurity"].map(verdictOf)).to.deep.equal(["met", "missed", "met"]);
  });
});
