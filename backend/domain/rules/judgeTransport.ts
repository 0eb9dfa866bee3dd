import { type Day, holdsOn, type Judgement, type Question } from "./ruleSet.ts";
import { RULE_SETS } from "./ruleSets.ts";

/**
 * Judges whether a battery may be transported as it is: every question answered with no. One yes forbids it; a question
 * without an answer leaves it open, which is no permission either.
 * @param answers true for yes, by id of the question
 */
export function judgeTransport(answers: Readonly<Record<string, boolean>>, day: Day): Judgement[] {
  const sets = RULE_SETS.filter((set) => set.axis === "transport" && holdsOn(set, day));
  return sets.flatMap((set) =>
    set.rules
      .filter((rule): rule is Question => rule.kind === "question")
      .map(({ id, asks }) => {
        const answer = Object.hasOwn(answers, id) ? answers[id] : undefined;
        const verdict = answer === undefined ? "unknown" : answer ? "missed" : "met";
        const said = answer === undefined ? "no answer" : answer ? "yes: not as it is" : "no";
        return { ruleSet: set.id, rule: id, verdict, reason: `${asks.en} ${said}` };
      }),
  );
}
