import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import { RULE_SETS } from "../../../backend/domain/rules/ruleSets.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { usage } from "../failure.ts";
import { holdsRecords, openRecords } from "./openRecords.ts";

/**
 * What a file gives to judge: its fields as they stand, or those of the records in it, opened by their disclosures and
 * put into the same form. A record that no rule set is about gives nothing.
 * @throws DomainError `usage` for a file of records that gives nothing; those of `reveal`
 */
export function fieldsToJudge(file: JsonObject): readonly JsonObject[] {
  const opened = openRecords(file);
  if (!holdsRecords(file)) return opened;
  const judged = opened.flatMap((fields) => judgedFields(fields, opened));
  if (judged.length > 0) return judged;
  throw usage("No record of the file is of a kind that a rule set judges; see battery-passport judge --help.");
}

function judgedFields(fields: JsonObject, all: readonly JsonObject[]): JsonObject[] {
  if (typeof fields.duty === "string" || Array.isArray(fields.recovered)) return [fields];
  if (isObject(fields.transportSafety)) return [{ transport: answersOf(fields.transportSafety) }];
  if (!isObject(fields.stateOfHealth)) return [];
  // A data record states the figure itself; other records put it beside the time of measuring.
  const { value, measuredAt } = fields.stateOfHealth;
  const stated = isObject(value) ? { stateOfHealth: value, measuredAt } : fields;
  const measuredOn = String(stated.measuredAt ?? "").slice(0, DAY_LENGTH);
  return [{ stateOfHealth: stated.stateOfHealth as JsonObject, measuredOn, ...safetyOf(fields, all) }];
}

/** `2026-09-03` of `2026-09-03T09:30:00+08:00`: the day where it was measured. */
const DAY_LENGTH = 10;

/** What the last inspection of the same item found; nothing where nobody looked, or found limits and no more. */
function safetyOf({ subject }: JsonObject, all: readonly JsonObject[]): { readonly isSafe?: boolean } {
  const timeOf = ({ inspectedAt }: JsonObject): number => Date.parse(String(inspectedAt));
  const last = all
    .filter((one) => one.kind === "inspection" && one.subject === subject)
    .sort((a, b) => timeOf(b) - timeOf(a))[0];
  if (last?.result === "unsafe") return { isSafe: false };
  return last?.result === "sound" ? { isSafe: true } : {};
}

/** Answers by the question's id; whoever asked may have put it in either language. */
function answersOf({ questions }: JsonObject): JsonObject {
  const rules = RULE_SETS.flatMap((set) => set.rules).filter((rule) => rule.kind === "question");
  const answers = Array.isArray(questions) ? (questions as readonly JsonValue[]).filter(isObject) : [];
  return Object.fromEntries(
    rules.flatMap(({ id, asks }) => {
      const said = answers.filter((one) => [id, asks.en, asks.zh].includes(String(one.asks)));
      // Asked twice, one yes counts.
      const yesOrNo = said.some(({ answer }) => answer === true) || said.find(({ answer }) => answer === false)?.answer;
      return typeof yesOrNo === "boolean" ? [[id, yesOrNo] as const] : [];
    }),
  );
}
