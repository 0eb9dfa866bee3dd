import { DomainError } from "../errors.ts";
import { describeCalendar, PRC_HOLIDAYS } from "./holidays.ts";
import { type Day, type Deadline, holdsOn, type Judgement } from "./ruleSet.ts";
import { RULE_SETS } from "./ruleSets.ts";
import { isDay, workingDaysAfter } from "./workingDays.ts";

/** A report that somebody owed to an authority. */
export interface OwedReport {
  /** Id of a deadline, such as `battery-out`. */
  readonly duty: string;
  readonly occurredOn: Day;
  /** Null while it is not made. */
  readonly reportedOn: Day | null;
}

export type ReportJudgement = Judgement & {
  /** The last day on which the report is in time; null where the calendar does not reach. */
  readonly dueOn: Day | null;
  /** The calendars by which days were counted, with their sources and whether anybody confirmed them. */
  readonly calendars: readonly string[];
};

/**
 * Judges a report by the deadlines of the day on which it became due to be made. It is `unknown` where the working-day
 * calendar ends before the deadline, and while an open report is not late yet.
 * Throws `rule-unknown` for a duty that no set names, and `day-malformed`.
 * @param today the day on which the question is asked
 */
export function judgeReport({ duty, occurredOn, reportedOn }: OwedReport, today: Day): ReportJudgement[] {
  for (const day of [occurredOn, today, ...(reportedOn === null ? [] : [reportedOn])]) {
    if (!isDay(day)) throw new DomainError("day-malformed", "A day is a date that exists, YYYY-MM-DD.", { day });
  }
  const named = RULE_SETS.flatMap((set) =>
    set.rules.flatMap((rule) => (rule.kind === "deadline" && rule.id === duty ? [{ set, rule }] : [])),
  );
  if (named.length === 0) {
    const known = RULE_SETS.flatMap(({ rules }) => rules.filter(({ kind }) => kind === "deadline").map(({ id }) => id));
    throw new DomainError("rule-unknown", "No rule set has a deadline of this name.", { duty, known });
  }
  return named
    .filter(({ set }) => holdsOn(set, occurredOn))
    .map(({ set, rule }) => {
      const dueOn = workingDaysAfter(occurredOn, rule.workingDays) ?? null;
      const calendars = calendarsOf(occurredOn, dueOn ?? occurredOn);
      return { ruleSet: set.id, rule: rule.id, dueOn, calendars, ...verdictOf(rule, dueOn, reportedOn, today) };
    });
}

function calendarsOf(first: Day, last: Day): string[] {
  const years = Object.entries(PRC_HOLIDAYS).filter(([year]) => first.slice(0, 4) <= year && year <= last.slice(0, 4));
  return years.map(([year, calendar]) => describeCalendar(year, calendar));
}

function verdictOf(
  { workingDays }: Deadline,
  dueOn: Day | null,
  reportedOn: Day | null,
  today: Day,
): Pick<Judgement, "verdict" | "reason"> {
  if (dueOn === null) {
    const reason = `The calendar of working days does not reach ${workingDays} working days on: nobody can say.`;
    return { verdict: "unknown", reason };
  }
  const due = `due on ${dueOn}, after ${workingDays} working days`;
  if (reportedOn !== null) {
    return { verdict: reportedOn <= dueOn ? "met" : "missed", reason: `Reported on ${reportedOn}; ${due}.` };
  }
  if (today > dueOn) return { verdict: "missed", reason: `Not reported; ${due}.` };
  return { verdict: "unknown", reason: `Not reported yet; ${due}.` };
}
