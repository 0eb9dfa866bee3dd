import type { Day, RuleSet } from "./ruleSet.ts";

/** One year of the PRC's calendar: days off beside weekends, and days of weekends on which work is done instead. */
export interface YearOfHolidays {
  /** The State Council's notice: the place to confirm it. */
  readonly source: string;
  /** As for rule sets: whether somebody read it in the notice or a reprint of it. */
  readonly confidence: RuleSet["confidence"];
  /** The reprints that it was held against, day by day; null for background knowledge. */
  readonly readIn: string | null;
  readonly off: readonly (readonly [first: Day, last: Day])[];
  readonly worked: readonly Day[];
}

/**
 * As the State Council announces it, each autumn for the year that follows. Years that are not here are unknown: nobody
 * can say today on which Sundays of a later year work will be done.
 */
export const PRC_HOLIDAYS: Readonly<Record<string, YearOfHolidays>> = {
  "2024": {
    source: "国务院办公厅关于2024年部分节假日安排的通知, 国办发明电〔2023〕7号",
    confidence: "read",
    readIn: "人民日报 2023-10-26, 第06版; zh.wikisource.org",
    off: [
      ["2024-01-01", "2024-01-01"],
      ["2024-02-10", "2024-02-17"],
      ["2024-04-04", "2024-04-06"],
      ["2024-05-01", "2024-05-05"],
      ["2024-06-10", "2024-06-10"],
      ["2024-09-15", "2024-09-17"],
      ["2024-10-01", "2024-10-07"],
    ],
    worked: [
      "2024-02-04",
      "2024-02-18",
      "2024-04-07",
      "2024-04-28",
      "2024-05-11",
      "2024-09-14",
      "2024-09-29",
      "2024-10-12",
    ],
  },
  "2025": {
    source: "国务院办公厅关于2025年部分节假日安排的通知, 国办发明电〔2024〕12号",
    confidence: "read",
    readIn: "新华网 2024-11-12, at m.gmw.cn/2024-11/12/content_1303894933.htm",
    off: [
      ["2025-01-01", "2025-01-01"],
      ["2025-01-28", "2025-02-04"],
      ["2025-04-04", "2025-04-06"],
      ["2025-05-01", "2025-05-05"],
      ["2025-05-31", "2025-06-02"],
      ["2025-10-01", "2025-10-08"],
    ],
    worked: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
  },
  "2026": {
    source: "国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04)",
    confidence: "read",
    readIn: "新华网 2025-11-04, at politics.gmw.cn/2025-11/04/content_38391083.htm; 中山日报 2025-11-05",
    off: [
      ["2026-01-01", "2026-01-03"],
      ["2026-02-15", "2026-02-23"],
      ["2026-04-04", "2026-04-06"],
      ["2026-05-01", "2026-05-05"],
      ["2026-06-19", "2026-06-21"],
      ["2026-09-25", "2026-09-27"],
      ["2026-10-01", "2026-10-07"],
    ],
    worked: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
  },
};

/** Where the calendar of a year stands, and whether somebody read it there, as `rules` and `judge` say it. */
export function describeCalendar(year: string, { source, confidence, readIn }: YearOfHolidays): string {
  return `working days of ${year}: ${source} (${confidence === "read" ? `read in ${readIn}` : "background knowledge, unconfirmed"})`;
}
