import { compare, type Decimal, formatDecimal, parseDecimal } from "../decimal.ts";
import type { Axis, Day, Judgement, RuleSet, Threshold } from "./ruleSet.ts";
import { ruleSetsOn } from "./ruleSets.ts";

/** Figures by name, in the unit that the rule names; undefined for what is not known. */
export type Figures = Readonly<Record<string, Decimal | undefined>>;

/**
 * Judges figures by the sets of one axis that hold on a day. A day on which no set of that axis holds gives no judgement:
 * before a duty begins there is nothing to miss.
 */
export function judgeThresholds(axis: Axis, day: Day, figures: Figures): Judgement[] {
  return ruleSetsOn(day)
    .filter((set) => set.axis === axis)
    .flatMap((set) =>
      set.rules.flatMap((rule) =>
        rule.kind === "at-least" || rule.kind === "below" ? [judged(set, rule, figures[rule.figure])] : [],
      ),
    );
}

function judged({ id }: RuleSet, rule: Threshold, found: Decimal | undefined): Judgement {
  const demand = `${rule.kind === "below" ? "below" : "at least"} ${rule.value} ${rule.unit}`;
  const common = { ruleSet: id, rule: rule.id };
  if (found === undefined) {
    return { ...common, verdict: "unknown", reason: `${rule.figure}: no figure; ${demand} is asked for.` };
  }
  const difference = compare(found, parseDecimal(rule.value) as Decimal);
  const isMet = rule.kind === "below" ? difference < 0 : difference >= 0;
  const reason = `${rule.figure}: ${formatDecimal(found)} ${rule.unit}; ${demand} is asked for.`;
  return { ...common, verdict: isMet ? "met" : "missed", reason };
}
