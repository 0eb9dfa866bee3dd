import { type Command, Option } from "commander";
import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import { amountOf } from "../../../backend/domain/records/quantities.ts";
import { gradeHealth } from "../../../backend/domain/rules/gradeHealth.ts";
import { judgeRecovery, type RecyclingStage } from "../../../backend/domain/rules/judgeRecovery.ts";
import { judgeReport, type ReportJudgement } from "../../../backend/domain/rules/judgeReport.ts";
import { judgeThresholds } from "../../../backend/domain/rules/judgeThresholds.ts";
import { judgeTransport } from "../../../backend/domain/rules/judgeTransport.ts";
import type { Judgement } from "../../../backend/domain/rules/ruleSet.ts";
import { isDay } from "../../../backend/domain/rules/workingDays.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { fieldsToJudge } from "../actions/fieldsToJudge.ts";
import { EXIT, usage } from "../failure.ts";
import { dayArgument, examples, jsonOption, readJsonFile } from "../options.ts";
import { plain } from "../plain.ts";
import { outputTo, type Terminal } from "../terminal.ts";

type Options = { readonly date?: string; readonly stage: RecyclingStage; readonly json?: boolean };

export function addJudge(program: Command, terminal: Terminal, setExitCode: (code: number) => void): void {
  program
    .command("judge")
    .description("Judge the fields of a record by the rules of its own day. Asks nobody. Exit code 2: could not tell.")
    .argument(
      "<file>",
      "JSON: fields of a closure, a report, a state of health, a transport check, a model; or records",
    )
    .option("--date <day>", "the day whose rules count (else the record's own)", dayArgument)
    .addOption(
      new Option("--stage <stage>", "what the masses of a closure are about")
        .choices(["whole-process", "smelting-stage"])
        .default("whole-process"),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
What the file may hold:
  {"finishedOn", "input", "products": [{"mass"}], "recovered": [{"element", "mass", "contained"}]}   a closure
  {"duty": "battery-out", "occurredOn", "reportedOn"}                                                 an owed report
  {"stateOfHealth": {"value", "unit": "%"}, "isSafe": true, "measuredOn"}                             a state of health
  {"transport": {"leakage": false, …}, "checkedOn"}                                                   a transport check
  {"model": {"recycledContent": {"cobalt": {"value", "unit": "%"}}}, "placedOn"}                      a new battery
or a record with what opens it, {"record", "disclosures"}, or {"records": [{"record", "disclosures"}, …]} as --keep
writes it: closures, handovers with their transport safety, reports, states of health. A state of health is graded with
the last inspection of the same battery in the same file.
${examples(
  ["judge closure.json", "recovery against the targets of the day it was finished"],
  ["judge closure.json --stage smelting-stage", "against China's industry conditions instead"],
)}`,
    )
    .action(async (file: string, options: Options) => {
      const today = new Date().toISOString().slice(0, 10);
      const judgements = fieldsToJudge(await readJsonFile(file)).flatMap((fields) =>
        judgeFields(fields, options, today),
      );
      const lines = judgements.map(({ verdict, reason, rule, ruleSet }) => {
        return `${verdict.padEnd(8)} ${plain(reason)}  [${[ruleSet, rule].filter(Boolean).join(" ")}]`;
      });
      const calendars = judgements.flatMap((one) => ("calendars" in one ? one.calendars : []));
      for (const calendar of new Set(calendars)) lines.push(`         ${calendar}`);
      outputTo(terminal, options.json === true).result(
        { judgements },
        lines.join("\n") || "no rule holds for this on that day",
      );
      const verdicts = new Set(judgements.map(({ verdict }) => verdict));
      setExitCode(verdicts.has("missed") ? EXIT.refused : verdicts.has("unknown") ? EXIT.couldNotTell : EXIT.done);
    });
}

/** What the fields are is told by the field that only such a record has. */
function judgeFields(
  fields: JsonObject,
  { date, stage }: Options,
  today: string,
): readonly (Judgement | ReportJudgement | HealthLine)[] {
  const dayOf = (name: string): string => {
    const day = date ?? fields[name];
    if (isDay(day)) return day;
    throw usage(`The rules of which day? The file has no ${name}.`, "Name one with --date YYYY-MM-DD.");
  };
  if (typeof fields.duty === "string") {
    const { duty, occurredOn, reportedOn = null } = fields;
    return judgeReport(
      { duty, occurredOn: occurredOn as string, reportedOn: reportedOn as string | null },
      date ?? today,
    );
  }
  if (Array.isArray(fields.recovered) || fields.input !== undefined) {
    return judgeRecovery(fields, dayOf("finishedOn"), stage);
  }
  if (isObject(fields.transport)) return judgeTransport(answersOf(fields.transport), dayOf("checkedOn"));
  const content = isObject(fields.model) ? fields.model.recycledContent : undefined;
  if (isObject(content)) return judgeContent(content, dayOf("placedOn"));
  if (fields.stateOfHealth !== undefined) return [judgeHealth(fields, dayOf("measuredOn"))];
  throw usage("The file holds nothing that a rule set judges; see battery-passport judge --help.");
}

type HealthLine = {
  readonly verdict: "met" | "missed" | "unknown";
  readonly reason: string;
  readonly rule: string;
  readonly ruleSet: string;
};

function judgeHealth({ stateOfHealth, isSafe }: JsonObject, day: string): HealthLine {
  const looked = typeof isSafe === "boolean" ? isSafe : undefined;
  const { grade, ruleSet, reason } = gradeHealth({ stateOfHealth: amountOf(stateOfHealth), isSafe: looked }, day);
  const verdict = grade === "UNKNOWN" ? "unknown" : grade === "UNSAFE_HOLD" ? "missed" : "met";
  return { verdict, reason: `${grade}: ${reason}`, rule: grade, ruleSet: ruleSet ?? "" };
}

const SYMBOLS: Readonly<Record<string, string>> = { cobalt: "Co", lithium: "Li", nickel: "Ni", lead: "Pb" };

function judgeContent(content: JsonObject, day: string): Judgement[] {
  const figures = Object.entries(SYMBOLS).map(([name, symbol]) => [symbol, amountOf(content[name])] as const);
  return judgeThresholds("recycled-content", day, Object.fromEntries(figures));
}

function answersOf(transport: JsonObject): Record<string, boolean> {
  const answers = Object.entries(transport).filter(
    (entry): entry is [string, boolean & JsonValue] => typeof entry[1] === "boolean",
  );
  return Object.fromEntries(answers);
}
