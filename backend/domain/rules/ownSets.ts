import type { RuleSet } from "./ruleSet.ts";

/** What no regulation states and somebody has to decide: configuration, with an id to name in a record. */
export const OWN_SETS: readonly RuleSet[] = [
  {
    id: "state-of-health-grades-1",
    jurisdiction: "none",
    axis: "state-of-health",
    confidence: "background",
    title: { en: "Grades by state of health", zh: "健康状态分级" },
    source: "configuration: no regulation with a numeric cut was found",
    from: "2018-01-01",
    until: null,
    note: "Never by state of health alone: without an inspection of its safety a battery has no grade.",
    rules: [
      { kind: "grade", id: "REUSE_VEHICLE", atLeast: "80" },
      { kind: "grade", id: "CASCADE", atLeast: "60" },
      { kind: "grade", id: "RECYCLE", atLeast: "0" },
    ],
  },
];
