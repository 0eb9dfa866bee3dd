/** A date without a time, YYYY-MM-DD: the law counts in days. */
export type Day = string;

/**
 * A set of rules as a law, a standard or this project's own configuration states it. Sets are data: a new text is a new
 * set with its own id and dates, and what was judged before stays judged by the set of its own day.
 */
export interface RuleSet {
  readonly id: string;
  readonly jurisdiction: "eu" | "cn" | "none";
  readonly title: { readonly en: string; readonly zh: string };
  /** Article or clause, or "configuration" where no regulation says it. */
  readonly source: string;
  /** `read` in the source or a reprint of it; `background`: general knowledge that nobody has confirmed here. */
  readonly confidence: "read" | "background";
  /** First and last day on which it holds; null while no end is known. */
  readonly from: Day;
  readonly until: Day | null;
  /**
   * What its figures measure. Two sets with different axes rate different things: their figures never stand on one scale
   * without that being said.
   */
  readonly axis: Axis;
  readonly note?: string;
  readonly rules: readonly Rule[];
}

export type Axis =
  | "recycling-whole-process"
  | "recycling-smelting-stage"
  | "recycled-content"
  | "reporting"
  | "state-of-health"
  | "transport";

export type Rule = Threshold | Deadline | Grade | Question;

/** A figure that must reach a value, or stay below one. */
export interface Threshold {
  readonly kind: "at-least" | "below";
  readonly id: string;
  /** What is measured: an element's symbol, or a word of `judgeRecovery`. */
  readonly figure: string;
  /** A decimal as text. */
  readonly value: string;
  readonly unit: string;
}

/** Who must report what, within how many working days of the day it happened. */
export interface Deadline {
  readonly kind: "deadline";
  readonly id: string;
  readonly who: string;
  readonly what: string;
  readonly workingDays: number;
}

/** From which state of health on, in percent, a battery may have this grade. The highest that fits counts. */
export interface Grade {
  readonly kind: "grade";
  readonly id: HealthGrade;
  readonly atLeast: string;
}

export type HealthGrade = "REUSE_VEHICLE" | "CASCADE" | "RECYCLE";

/** A question that must be answered with no. */
export interface Question {
  readonly kind: "question";
  readonly id: string;
  readonly asks: { readonly en: string; readonly zh: string };
}

/** What became of one rule. `unknown` is never met: the figure is not there, or nobody can say. */
export interface Judgement {
  readonly ruleSet: string;
  readonly rule: string;
  readonly verdict: "met" | "missed" | "unknown";
  readonly reason: string;
}

/** True when the set holds on that day. */
export const holdsOn = ({ from, until }: RuleSet, day: Day): boolean => from <= day && (until === null || day <= until);
