import { compare, type Decimal, parseDecimal } from "../decimal.ts";
import { DomainError } from "../errors.ts";
import { CHECKS, isObject } from "../records/fieldRules.ts";
import { formatJsonPath, type JsonPath } from "../records/jsonPath.ts";
import { isDay } from "../rules/workingDays.ts";
import type { JsonObject, JsonValue } from "../types.ts";

/** A price or cost in three cases; one that is certain is the same in all. */
export interface Range {
  readonly low: Decimal;
  readonly base: Decimal;
  readonly high: Decimal;
}

const ONE: Decimal = { units: 1n, scale: 0 };
const HUNDRED: Decimal = { units: 100n, scale: 0 };
const LONGEST_LIST = 1000;

/** An object with these names and no others. Like all readers here it throws `valuation-input-invalid`. */
export function members(
  value: JsonValue,
  path: JsonPath,
  needed: readonly string[],
  more: readonly string[] = [],
): JsonObject {
  if (!isObject(value)) throw invalid(path, "an object");
  const missing = needed.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw invalid([...path, missing], "there");
  const unknown = Object.keys(value).find((name) => !needed.includes(name) && !more.includes(name));
  if (unknown !== undefined) throw invalid([...path, unknown], `one of: ${[...needed, ...more].join(", ")}`);
  return value;
}

export function list<T>(
  value: JsonValue | undefined,
  path: JsonPath,
  read: (value: JsonValue, path: JsonPath) => T,
): T[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > LONGEST_LIST)
    throw invalid(path, "a list, not empty");
  return (value as readonly JsonValue[]).map((one, i) => read(one, [...path, i]));
}

/** Of two prices of one material, which one counts would be anybody's guess. */
export function distinct<T>(values: T[], path: JsonPath, nameOf: (value: T) => string): T[] {
  const twice = values.findIndex((one, i) => values.findIndex((other) => nameOf(other) === nameOf(one)) < i);
  if (twice !== -1) throw invalid([...path, twice], "named once");
  return values;
}

export function matching(
  value: JsonValue | undefined,
  path: JsonPath,
  fits: (text: string) => boolean,
  what: string,
): string {
  if (typeof value === "string" && fits(value)) return value;
  throw invalid(path, what);
}

export const text = (value: JsonValue | undefined, path: JsonPath): string =>
  matching(value, path, (found) => found.trim() !== "", "text, not empty");
export const day = (value: JsonValue | undefined, path: JsonPath): string =>
  matching(value, path, isDay, "a date that exists, YYYY-MM-DD");
export const element = (value: JsonValue | undefined, path: JsonPath): string =>
  matching(value, path, CHECKS.element.holds, "the symbol of a chemical element");

export function amount(value: JsonValue | undefined, path: JsonPath): Decimal {
  const found = typeof value === "string" ? parseDecimal(value) : undefined;
  if (found === undefined || found.units < 0n) throw invalid(path, "a decimal as text, 0 or more");
  return found;
}

export function part(value: JsonValue | undefined, path: JsonPath): Decimal {
  const found = amount(value, path);
  if (compare(found, ONE) > 0) throw invalid(path, "a part of one, as text from 0 to 1");
  return found;
}

export function percent(value: JsonValue | undefined, path: JsonPath): Decimal {
  const found = amount(value, path);
  if (compare(found, HUNDRED) > 0) throw invalid(path, "at most 100");
  return found;
}

export function range(value: JsonValue | undefined, path: JsonPath): Range {
  if (!isObject(value)) {
    const one = amount(value, path);
    return { low: one, base: one, high: one };
  }
  const found = members(value, path, ["low", "base", "high"]);
  const [low, base, high] = ["low", "base", "high"].map((name) => amount(found[name], [...path, name]));
  const read = { low, base, high } as Range;
  if (compare(read.low, read.base) > 0 || compare(read.base, read.high) > 0)
    throw invalid(path, "ascending: low, base, high");
  return read;
}

export function invalid(path: JsonPath, expected: string): DomainError {
  const place = formatJsonPath(path);
  const sentence = `The parameters of a valuation do not hold at ${place}: it must be ${expected}.`;
  return new DomainError("valuation-input-invalid", sentence, { path: place, expected });
}
