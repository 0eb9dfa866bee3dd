import type { JsonValue } from "../types.ts";

/**
 * The value of a text that the platform's own JSON writes back as the very same text; undefined for every other, also for
 * good JSON. In such a text no name stands twice (one of them would be lost), no number is beyond a double or written in
 * another way, and nothing is spelled with an escape that it does not need: what is left to refuse, NUL and halves of
 * surrogate pairs, is written with a `\u`. Most of what programs send is of this form, and reading it so takes a tenth of
 * the time of reading it character by character.
 * @param maxDepth most levels of objects and arrays
 */
export function parsePlainJson(text: string, maxDepth: number): JsonValue | undefined {
  if (text.includes("\\u")) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return isWithin(value, maxDepth) && JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined; // the reader that goes character by character says what is wrong, and where
  }
}

function isWithin(value: JsonValue, levels: number): boolean {
  if (value === null || typeof value !== "object") return true;
  if (levels === 0) return false;
  const members = Array.isArray(value) ? (value as readonly JsonValue[]) : Object.values(value);
  return members.every((member) => isWithin(member, levels - 1));
}
