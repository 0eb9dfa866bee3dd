import { DomainError } from "../errors.ts";

/** Where a value stands in a JSON document: member names and array positions, outermost first. */
export type JsonPath = readonly (string | number)[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const STEP = /\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|(?:^|\.)([A-Za-z_][A-Za-z0-9_-]*)/y;

/**
 * Writes a path as RFC 9535 JSONPath, `$.model.mass` or `$.parts[0]['odd name']`.
 * Two different paths never give the same text, so the text can stand as the name of a field in a report.
 */
export function formatJsonPath(path: JsonPath): string {
  let text = "$";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += PLAIN_NAME.test(step) ? `.${step}` : `['${step.replace(/['\\]/g, "\\$&")}']`;
  }
  return text;
}

/**
 * Reads what `formatJsonPath` writes, and the same without its leading `$.` as people type it (`model.mass`).
 * Throws `json-path-malformed`.
 */
export function parseJsonPath(text: string): JsonPath {
  const steps = text.startsWith("$") ? text.slice(1).replace(/^\./, "") : text;
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < steps.length) {
    const match = STEP.exec(steps);
    if (!match) throw new DomainError("json-path-malformed", "The path of a field cannot be read.", { path: text });
    const [, position, quoted, plain] = match;
    if (position !== undefined) path.push(Number(position));
    else path.push(quoted !== undefined ? quoted.replace(/\\(.)/gs, "$1") : (plain ?? ""));
  }
  return path;
}
