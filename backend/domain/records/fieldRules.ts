import { decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { isCasNumber } from "../identifiers/casNumber.ts";
import { isOrganisationCode } from "../identifiers/organisationCode.ts";
import { isPassportId } from "../identifiers/passportId.ts";
import { normaliseUid } from "../identifiers/uid.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { isCid } from "./cid.ts";
import { formatJsonPath, parseJsonPath } from "./jsonPath.ts";
import { CURRENCY, type QuantityKind, quantityBreach, UNITS } from "./quantities.ts";

/** The name of a check on one field; it stands in the problems that the check finds. */
export type NamedRule = QuantityKind | keyof typeof CHECKS;

/** A check by name, or one of a few words (`choice` in the problems). */
export type FieldRule = NamedRule | { readonly oneOf: readonly string[] };

/** What is wrong with a value: a stable rule id, and a sentence. */
export interface RuleBreach {
  readonly rule: string;
  readonly message: string;
}

const DATE = /^(\d{4})-(\d\d)(?:-(\d\d))?$/;
const TIME = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** The units that a rule allows; undefined where it is about no quantity. */
export function unitsOf(rule: FieldRule): readonly string[] | undefined {
  return isQuantityRule(rule) ? UNITS[rule] : undefined;
}

/** Says why `value` breaks `rule`; undefined when it does not. */
export function breachOf(rule: FieldRule, value: JsonValue): RuleBreach | undefined {
  if (typeof rule === "object") {
    const isChoice = typeof value === "string" && rule.oneOf.includes(value);
    return isChoice ? undefined : breach("choice", `The field is one of: ${rule.oneOf.join(", ")}.`);
  }
  if (isQuantityRule(rule)) {
    if (!isObject(value)) return breach("quantity-shape", "A quantity is an object of value and unit.");
    return quantityBreach(value, UNITS[rule]);
  }
  const check = CHECKS[rule];
  return check.holds(value) ? undefined : breach(rule, check.message);
}

export function isQuantityRule(rule: FieldRule): rule is QuantityKind {
  return typeof rule === "string" && Object.hasOwn(UNITS, rule);
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

export interface Check {
  readonly holds: (value: JsonValue) => boolean;
  readonly message: string;
  /** The form of a text: all there is to check, or what a schema can say of it. */
  readonly form?: RegExp;
}

/** Every check that is no quantity, by name. */
export const CHECKS = {
  any: { holds: () => true, message: "" },
  list: {
    holds: (value) => Array.isArray(value) && value.length > 0,
    message: "The field is a list, not empty.",
  },
  text: {
    holds: (value) => typeof value === "string" && value.trim() !== "",
    message: "The field is text, not empty.",
    form: /\S/,
  },
  slug: oneWord(/^[a-z][a-z0-9-]*$/, "The field is a word of lower-case letters, digits and hyphens."),
  count: {
    holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    message: "The field is a whole number.",
  },
  "yes-no": { holds: (value) => typeof value === "boolean", message: "The field is true or false." },
  date: { holds: isDate, message: "The field is a date that exists, YYYY-MM-DD or YYYY-MM.", form: DATE },
  time: { holds: isTime, message: "The field is a moment with its offset, like 2026-03-01T12:00:00Z.", form: TIME },
  money: {
    holds: (value) => isObject(value) && CURRENCY.test(String(value.unit)) && quantityBreach(value) === undefined,
    message: "Money is a decimal written as text, with a currency (ISO 4217) as its unit.",
  },
  level: oneWord(/^(?:pack|module|cell|lot)$/, "The level is pack, module, cell or lot."),
  category: oneWord(/^(?:ev|lmt|industrial|sli|portable)$/, "The category is ev, lmt, industrial, sli or portable."),
  country: oneWord(/^[A-Z]{2}$/, "A country is two upper-case letters (ISO 3166-1)."),
  district: oneWord(/^[1-9]\d{5}$/, "A district is six digits (GB/T 2260)."),
  "organisation-code": accepts(
    isOrganisationCode,
    "The organisation code is not one by GB 32100, or its check digit is wrong.",
  ),
  vin: oneWord(
    /^[A-HJ-NPR-Z0-9]{17}$/,
    "A vehicle identification number is 17 letters and digits without I, O, Q (ISO 3779).",
  ),
  element: oneWord(/^[A-Z][a-z]?$/, "The field is the symbol of a chemical element."),
  cas: accepts(isCasNumber, "A CAS number is digits with a check digit, like 7439-93-2."),
  "waste-code": oneWord(
    /^(?:\d{6}\*?|\d{3}-\d{3}-\d{2})$/,
    "A waste code is six digits of the European list, with * where hazardous, or a code of China's list like 900-000-00.",
  ),
  hash: oneWord(/^0x[0-9a-f]{64}$/, "A hash is 0x and 64 lower-case hex digits."),
  cid: accepts(isCid, "The field is a CIDv1 of raw bytes by sha-256 in base32."),
  "json-path": accepts(
    (text) => formatJsonPath(parseJsonPath(text)) === text,
    "The field is the path of one field, like $.stateOfHealth (RFC 9535).",
  ),
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
} as const satisfies Readonly<Record<string, Check>>;

function oneWord(form: RegExp, message: string): Check {
  return { holds: (value) => typeof value === "string" && form.test(value), message, form };
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
