import type { Command } from "commander";
import { describeCalendar, PRC_HOLIDAYS } from "../../../backend/domain/rules/holidays.ts";
import type { Rule, RuleSet } from "../../../backend/domain/rules/ruleSet.ts";
import { RULE_SETS, requireRuleSet, ruleSetsOn } from "../../../backend/domain/rules/ruleSets.ts";
import { dayArgument, examples, jsonOption } from "../options.ts";
import { outputTo, type Terminal } from "../terminal.ts";

export function addRules(program: Command, terminal: Terminal): void {
  program
    .command("rules")
    .description("Show the rule sets by which records are judged: id, source, validity. Asks nobody.")
    .argument("[id]", "one rule set, with its rules")
    .option("--date <day>", "only those that hold on this day, YYYY-MM-DD", dayArgument)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        ["rules --date 2028-06-01", "what holds on a day"],
        ["rules eu-material-recovery-2027", "one set's rules"],
      ),
    )
    .action((id: string | undefined, options: { date?: string; json?: boolean }) => {
      const output = outputTo(terminal, options.json === true);
      if (id !== undefined) {
        const set = requireRuleSet(id);
        const lines = [describeSet(set), ...set.rules.map((rule) => `  ${describeRule(rule)}`), ...calendarsOf(set)];
        output.result(set, lines.join("\n"));
        return;
      }
      const sets = options.date === undefined ? RULE_SETS : ruleSetsOn(options.date);
      output.result({ ruleSets: sets }, sets.map(describeSet).join("\n\n") || "no rule set holds on that day");
    });
}

function describeSet({ id, title, source, confidence, from, until, axis, note }: RuleSet): string {
  return [
    `${id}  ${title.en} ${title.zh}`,
    `  ${from} to ${until ?? "further notice"}, ${axis}`,
    `  ${source}${confidence === "background" ? " (not confirmed)" : ""}`,
    ...(note === undefined ? [] : [`  ${note}`]),
  ].join("\n");
}

/** Deadlines are counted by calendars, which are announced year by year. */
const calendarsOf = ({ rules }: RuleSet): string[] =>
  rules.some(({ kind }) => kind === "deadline")
    ? Object.entries(PRC_HOLIDAYS).map(([year, calendar]) => `  ${describeCalendar(year, calendar)}`)
    : [];

function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case "at-least":
      return `${rule.figure} at least ${rule.value} ${rule.unit}`;
    case "below":
      return `${rule.figure} below ${rule.value} ${rule.unit}`;
    case "deadline":
      return `${rule.id}: ${rule.who} reports ${rule.what} within ${rule.workingDays} working days`;
    case "grade":
      return `${rule.id} from ${rule.atLeast} % on`;
    case "question":
      return `${rule.id}: ${rule.asks.en} ${rule.asks.zh}`;
  }
}
