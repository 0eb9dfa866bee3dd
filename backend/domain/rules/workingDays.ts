import { isDate } from "../records/fieldRules.ts";
import { PRC_HOLIDAYS } from "./holidays.ts";
import type { Day } from "./ruleSet.ts";

const DAY_MS = 86_400_000;

/** True for a day that exists, in full. */
export const isDay = (value: unknown): value is Day =>
  typeof value === "string" && value.length === 10 && isDate(value);

/** Whether work is done in the PRC on that day; undefined outside the years whose calendar is known. */
export function isWorkingDay(day: Day): boolean | undefined {
  const year = PRC_HOLIDAYS[day.slice(0, 4)];
  if (year === undefined) return undefined;
  if (year.worked.includes(day)) return true;
  if (year.off.some(([first, last]) => first <= day && day <= last)) return false;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/**
 * The last of so many working days after a day, which does not count itself; undefined when that leads into a year whose
 * calendar is unknown.
 */
export function workingDaysAfter(day: Day, count: number): Day | undefined {
  let current = day;
  for (let left = count; left > 0; ) {
    current = new Date(Date.parse(`${current}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
    const isWorked = isWorkingDay(current);
    if (isWorked === undefined) return undefined;
    if (isWorked) left--;
  }
  return current;
}
