import { compare, parseDecimal } from "../../decimal.ts";
import type { JsonObject, JsonValue } from "../../types.ts";
import { breach, isObject } from "../fieldRules.ts";
import type { Relation } from "../fieldSpec.ts";

/** Dates or moments in this order; the same one is in order. Judges pairs of which both are there. */
export function inOrder(first: string, second: string): Relation {
  return (fields) => {
    const [from, until] = [fields[first], fields[second]];
    if (typeof from !== "string" || typeof until !== "string" || !isAfter(from, until)) return [];
    return [[[second], breach("in-order", `The field is not before ${first}.`)]];
  };
}

/** Moments with different offsets compare as moments; of two dates, the coarser says how far. */
function isAfter(from: string, until: string): boolean {
  const isMoment = from.includes("T") && until.includes("T");
  if (isMoment) return Date.parse(from) > Date.parse(until);
  const digits = Math.min(from.length, until.length);
  return from.slice(0, digits) > until.slice(0, digits);
}

/** Low, base and high ascend, in one currency. */
export const valueAscends: Relation = ({ value }) => {
  if (!isObject(value)) return [];
  const quantities = [value.low, value.base, value.high].filter((one): one is JsonObject => isObject(one));
  if (new Set(quantities.map(({ unit }) => unit)).size > 1) {
    return [[["value"], breach("one-currency", "Low, base and high are in one currency.")]];
  }
  const [low, base, high] = quantities.map(({ value: amount }) => decimalOf(amount));
  if (low === undefined || base === undefined || high === undefined) return [];
  if (compare(low, base) <= 0 && compare(base, high) <= 0) return [];
  return [[["value"], breach("value-ascends", "The value is a range: low, base and high ascend.")]];
};

const decimalOf = (amount: JsonValue | undefined) => (typeof amount === "string" ? parseDecimal(amount) : undefined);
