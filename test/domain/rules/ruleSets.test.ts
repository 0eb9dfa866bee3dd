import { expect } from "chai";
import { parseDecimal } from "../../../backend/domain/decimal.ts";
import { RULE_SETS, requireRuleSet, ruleSetsOn } from "../../../backend/domain/rules/ruleSets.ts";
import { isDay } from "../../../backend/domain/rules/workingDays.ts";
import { expectCode } from "../records/expectCode.ts";

const idsOn = (day: string) => ruleSetsOn(day).map(({ id }) => id);

describe("RULE_SETS", () => {
  it("have an id of their own, a source, days that exist, and rules with readable figures", () => {
    expect(new Set(RULE_SETS.map(({ id }) => id))).to.have.length(RULE_SETS.length);
    for (const { id, source, from, until, title, rules } of RULE_SETS) {
      expect([source, title.en, title.zh], id).to.not.include("");
      expect(isDay(from) && (until === null || (isDay(until) && from <= until)), id).to.equal(true);
      expect(new Set(rules.map((rule) => rule.id)), id).to.have.length(rules.length);
      for (const rule of rules) {
        const figure = rule.kind === "at-least" || rule.kind === "below" ? rule.value : "0";
        expect(parseDecimal(figure), `${id} ${rule.id}`).to.not.equal(undefined);
      }
    }
  });

  it("never say two things about one figure on one day", () => {
    const days = RULE_SETS.flatMap(({ from, until }) => [from, ...(until === null ? [] : [until])]);
    for (const day of [...days, "2099-01-01"]) {
      const places = ruleSetsOn(day).flatMap(({ axis, rules }) => rules.map(({ id }) => `${axis} ${id}`));
      expect(new Set(places), day).to.have.length(places.length);
    }
  });

  it("change on the day that the law names", () => {
    expect(idsOn("2027-12-30")).not.to.include("eu-material-recovery-2027");
    expect(idsOn("2027-12-31")).to.include("eu-material-recovery-2027");
    expect(idsOn("2031-12-30")).to.include("eu-material-recovery-2027");
    expect(idsOn("2031-12-31")).to.include("eu-material-recovery-2031").and.not.include("eu-material-recovery-2027");
  });

  it("are refused by name where there is none", () => {
    expectCode("rule-set-unknown", () => requireRuleSet("eu-material-recovery-1999"));
  });
});
