import type { CheckId, CheckLine, CheckStatus, Comparison } from "./report.ts";

type Values = Readonly<Record<string, string | number>>;
type Finding = {
  readonly status: CheckStatus;
  readonly code: string;
  readonly reason: string;
  readonly values: Values;
};

/** More comparisons than anyone reads; the failing ones are always kept. */
const MAX_COMPARISONS = 200;

/** Collects what one check finds; the first of the gravest findings gives the line its reason. */
export type CheckRecorder = {
  /** Notes what was held against what; fails with that code and reason where they differ. */
  compare(what: string, expected: string, found: string, code: string, reason: string, values?: Values): boolean;
  fail(code: string, reason: string, values?: Values): void;
  unavailable(code: string, reason: string, values?: Values): void;
  pending(code: string, reason: string, values?: Values): void;
  /** The line; `code` and `reason` say what holds if nothing was found. */
  close(code: string, reason: string, values?: Values): CheckLine;
};

const GRAVITY: readonly CheckStatus[] = ["failed", "unavailable", "pending"];

export function recordCheck(check: CheckId): CheckRecorder {
  const findings: Finding[] = [];
  const compared: Comparison[] = [];
  const find =
    (status: CheckStatus) =>
    (code: string, reason: string, values: Values = {}) => {
      findings.push({ status, code, reason, values });
    };
  const fail = find("failed");
  return {
    fail,
    unavailable: find("unavailable"),
    pending: find("pending"),
    compare(what, expected, found, code, reason, values) {
      const equal = expected === found;
      if (!equal || compared.length < MAX_COMPARISONS) compared.push({ what, expected, found });
      if (!equal) fail(code, reason, values);
      return equal;
    },
    close(code, reason, values = {}) {
      for (const status of GRAVITY) {
        const finding = findings.find((candidate) => candidate.status === status);
        if (finding !== undefined) return { check, ...finding, compared };
      }
      return { check, status: "passed", code, reason, values, compared };
    },
  };
}
