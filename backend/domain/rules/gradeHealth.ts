import { compare, type Decimal, formatDecimal, parseDecimal } from "../decimal.ts";
import { type Day, type Grade, type HealthGrade, holdsOn } from "./ruleSet.ts";
import { RULE_SETS } from "./ruleSets.ts";

/** What a battery is fit for, and by which rule. */
export interface HealthJudgement {
  readonly grade: HealthGrade | "UNSAFE_HOLD" | "UNKNOWN";
  /** The set whose cuts were used; null when no cut was needed or none holds on that day. */
  readonly ruleSet: string | null;
  readonly reason: string;
}

/**
 * Grades a battery by its state of health, in percent, and by whether an inspection found it safe. State of health alone
 * gives no grade: a pack of 95 % that was under water goes to nobody.
 * @param isSafe undefined where nobody has looked
 */
export function gradeHealth(
  { stateOfHealth, isSafe }: { readonly stateOfHealth: Decimal | undefined; readonly isSafe: boolean | undefined },
  day: Day,
): HealthJudgement {
  if (isSafe === false) return { grade: "UNSAFE_HOLD", ruleSet: null, reason: "An inspection found it unsafe." };
  const set = RULE_SETS.find((one) => one.axis === "state-of-health" && holdsOn(one, day));
  const unknown = (reason: string): HealthJudgement => ({ grade: "UNKNOWN", ruleSet: set?.id ?? null, reason });
  if (isSafe === undefined) return unknown("No grade without an inspection of its safety.");
  if (stateOfHealth === undefined) return unknown("No grade without its state of health.");
  if (set === undefined) return unknown("No grades are laid down for that day.");
  const grades = set.rules.filter((rule): rule is Grade => rule.kind === "grade");
  const reached = grades
    .filter(({ atLeast }) => compare(stateOfHealth, parseDecimal(atLeast) as Decimal) >= 0)
    .sort((a, b) => compare(parseDecimal(b.atLeast) as Decimal, parseDecimal(a.atLeast) as Decimal))[0];
  if (reached === undefined) return unknown("No cut fits this state of health.");
  const reason = `State of health ${formatDecimal(stateOfHealth)} %, at least ${reached.atLeast} %, and found safe.`;
  return { grade: reached.id, ruleSet: set.id, reason };
}
