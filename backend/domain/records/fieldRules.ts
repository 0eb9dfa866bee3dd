import { decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { isPassportId } from "../identifiers/passportId.ts";
import { normaliseUid } from "../identifiers/uid.ts";
import type { JsonObject, JsonValue } from "../types.ts";

/** Units by what they measure. Dimensionless and counted things have units too: a bare number invites guessing. */
const UNITS = {
  mass: ["kg", "g", "t"],
  capacity: ["Ah", "mAh"],
  energy: ["kWh", "Wh"],
  voltage: ["V", "mV"],
  power: ["W", "kW"],
  resistance: ["Ohm", "mOhm"],
  temperature: ["Cel"],
  ratio: ["%"],
  "c-rate": ["1/h"],
  duration: ["month", "year"],
  "carbon-intensity": ["kgCO2e/kWh"],
} as const;

type QuantityKind = keyof typeof UNITS;

/** The name of a check on one field; it stands in the problems that the check finds. */
export type FieldRule =
  | QuantityKind
  | "text"
  | "slug"
  | "count"
  | "date"
  | "level"
  | "category"
  | "country"
  | "uid"
  | "battery-code"
  | "passport-id"
  | "participant-id";

/** What is wrong with a value: a stable rule id, and a sentence. */
export interface RuleBreach {
  readonly rule: string;
  readonly message: string;
}

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const CURRENCY = /^[A-Z]{3}$/;
const DATE = /^(\d{4})-(\d\d)(?:-(\d\d))?$/;
const TIME = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Says why `value` breaks `rule`; undefined when it does not. */
export function breachOf(rule: FieldRule, value: JsonValue): RuleBreach | undefined {
  if (Object.hasOwn(UNITS, rule)) {
    if (!isObject(value)) return breach("quantity-shape", "A quantity is an object of value and unit.");
    return quantityBreach(value, UNITS[rule as QuantityKind]);
  }
  const check = CHECKS[rule as Exclude<FieldRule, QuantityKind>];
  return check.holds(value) ? undefined : breach(rule, check.message);
}

/** Checks an object with `value` or `unit`; `units` are those that the field may have, undefined for any. */
export function quantityBreach(quantity: JsonObject, units?: readonly string[]): RuleBreach | undefined {
  const { value, unit, ...others } = quantity;
  if (value === undefined || typeof unit !== "string" || unit === "" || Object.keys(others).length > 0) {
    return breach("quantity-shape", "A quantity has a value, a unit, and nothing else.");
  }
  if (units && !units.includes(unit)) return breach("unit", `The unit must be one of: ${units.join(", ")}.`);
  if (typeof value === "string") {
    return DECIMAL.test(value) ? undefined : breach("decimal", "A decimal is digits with at most one point, as text.");
  }
  if (typeof value !== "number") return breach("quantity-shape", "The value of a quantity is a number or a decimal.");
  // A double cannot hold 0.1 kg, and sums over lots must balance to the last digit.
  const isExact = CURRENCY.test(unit) || (UNITS.mass as readonly string[]).includes(unit);
  return isExact ? breach("decimal-as-string", "Mass and money are decimals written as text.") : undefined;
}

/** True for a date that exists: YYYY-MM or YYYY-MM-DD (ISO 8601, Gregorian). */
export function isDate(value: JsonValue): boolean {
  const match = typeof value === "string" ? DATE.exec(value) : null;
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), match[3] === undefined ? 1 : Number(match[3])];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** True for a moment with its offset (RFC 3339): a local time without one is a different moment to each reader. */
export function isTime(value: JsonValue): boolean {
  const date = typeof value === "string" ? TIME.exec(value)?.[1] : undefined;
  return date !== undefined && isDate(date);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function breach(rule: string, message: string): RuleBreach {
  return { rule, message };
}

interface Check {
  readonly holds: (value: JsonValue) => boolean;
  readonly message: string;
}

const CHECKS: Readonly<Record<Exclude<FieldRule, QuantityKind>, Check>> = {
  text: {
    holds: (value) => typeof value === "string" && value.trim() !== "",
    message: "The field is text, not empty.",
  },
  slug: oneWord(/^[a-z][a-z0-9-]*$/, "The field is a word of lower-case letters, digits and hyphens."),
  count: {
    holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    message: "The field is a whole number.",
  },
  date: { holds: isDate, message: "The field is a date that exists, YYYY-MM-DD or YYYY-MM." },
  level: oneWord(/^(?:pack|module|cell|lot)$/, "The level is pack, module, cell or lot."),
  category: oneWord(/^(?:ev|lmt|industrial|sli|portable)$/, "The category is ev, lmt, industrial, sli or portable."),
  country: oneWord(/^[A-Z]{2}$/, "A country is two upper-case letters (ISO 3166-1)."),
  uid: accepts((text) => normaliseUid(text) === text, "The identifier is not in the one spelling of its scheme."),
  "battery-code": accepts(
    (text) => decodeBatteryCode(text, { strict: true }).code === text,
    "The code is not one by GB/T 34014, in upper case, with a date that exists and a serial above 0.",
  ),
  "passport-id": { holds: isPassportId, message: "A passport id is 0x and 40 lower-case hex digits." },
  "participant-id": {
    holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 0xff_ff_ff,
    message: "A participant id is a whole number from 1 to 16777215.",
  },
};

function oneWord(form: RegExp, message: string): Check {
  return { holds: (value) => typeof value === "string" && form.test(value), message };
}

/** Turns a parser that throws into a check; what exactly is wrong, the parser says to whoever calls it alone. */
function accepts(parses: (text: string) => boolean, message: string): Check {
  const holds = (value: JsonValue) => {
    try {
      return typeof value === "string" && parses(value);
    } catch {
      return false;
    }
  };
  return { holds, message };
}
