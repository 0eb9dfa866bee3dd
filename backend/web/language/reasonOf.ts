import type { TFunction } from "i18next";
import type { CheckLine } from "../../domain/verification/report.ts";
import { rpcCause } from "./rpcCause.ts";

/** Families of codes that share a sentence. */
function familyOf({ check, code, values }: CheckLine): string {
  if (code.startsWith("rule-")) return "rule-broken";
  if (check === "disclosures") {
    if ("model" in values) return "disclosure-of-model";
    return "dataRecord" in values ? "disclosure-of-data-record" : "disclosure-other";
  }
  return check === "format" ? "format-other" : code;
}

/** Events are numbered, some with their kind behind: `3 (handover)`. */
const NUMBERED = /^(\d+) \((\w+)\)$/;

/** A check's result as one sentence in the page's language; the verifier's own English where there is none. */
export function reasonOf(t: TFunction, line: CheckLine): string {
  const values: Record<string, string | number> = { ...line.values };
  const [, event, kind] = NUMBERED.exec(String(values.event)) ?? [];
  if (event !== undefined && kind !== undefined) Object.assign(values, { event, kind });
  if (typeof values.kind === "string") values.kind = t(`kind/${values.kind}`, values.kind);
  if (typeof values.role === "string") values.role = t(`role/${values.role}`, values.role);
  if (typeof values.cause === "string") values.cause = rpcCause(t, values.cause);
  return t([`code/${line.code}`, `code/${familyOf(line)}`], { ...values, defaultValue: line.reason });
}
