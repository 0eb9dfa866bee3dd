import { DomainError } from "../errors.ts";
import { CN_SETS } from "./cnSets.ts";
import { EU_SETS } from "./euSets.ts";
import { OWN_SETS } from "./ownSets.ts";
import { type Day, holdsOn, type RuleSet } from "./ruleSet.ts";

/** Every rule set, in the order in which they are shown. */
export const RULE_SETS: readonly RuleSet[] = [...EU_SETS, ...CN_SETS, ...OWN_SETS];

/** Throws `rule-set-unknown`. */
export function requireRuleSet(id: string): RuleSet {
  const found = RULE_SETS.find((set) => set.id === id);
  if (found !== undefined) return found;
  throw new DomainError("rule-set-unknown", "There is no rule set with this id.", { id });
}

/** The sets that hold on a day. */
export const ruleSetsOn = (day: Day): RuleSet[] => RULE_SETS.filter((set) => holdsOn(set, day));
