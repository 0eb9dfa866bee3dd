import { DECIMAL_FORM, type Decimal, MAX_DECIMAL_LENGTH, parseDecimal, shift } from "../decimal.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import type { RuleBreach } from "./fieldRules.ts";

/** Units by what they measure. Dimensionless and counted things have units too: a bare number invites guessing. */
export const UNITS = {
  mass: ["kg", "g", "t"],
  capacity: ["Ah", "mAh"],
  energy: ["kWh", "Wh"],
  voltage: ["V", "mV"],
  power: ["W", "kW"],
  resistance: ["Ohm", "mOhm"],
  // Between live parts and housing: absolute, or per volt of working voltage as UN R100 asks.
  insulation: ["kOhm", "MOhm", "Ohm/V"],
  temperature: ["Cel"],
  ratio: ["%"],
  "c-rate": ["1/h"],
  duration: ["month", "year"],
  "self-discharge": ["%/month"],
  "carbon-intensity": ["kgCO2e/kWh"],
  distance: ["km"],
  // What a facility can do in a year: by mass, by energy, by number of packs, by area (separators).
  throughput: ["t/year", "kWh/year", "GWh/year", "pack/year", "m2/year"],
} as const;

export type QuantityKind = keyof typeof UNITS;

/** Each unit that is a power of ten of another, in terms of the base that `amountOf` gives. */
const POWERS: Readonly<Record<string, number>> = {
  kg: 0,
  g: -3,
  t: 3,
  Ah: 0,
  mAh: -3,
  kWh: 0,
  Wh: -3,
  W: 0,
  kW: 3,
  Ohm: 0,
  mOhm: -3,
  "%": 0,
};

/** ISO 4217. */
export const CURRENCY = /^[A-Z]{3}$/;
export const EXACT_UNITS: readonly string[] = UNITS.mass;

/** Checks an object with `value` or `unit`; `units` are those that the field may have, undefined for any. */
export function quantityBreach(quantity: JsonObject, units?: readonly string[]): RuleBreach | undefined {
  const { value, unit, ...others } = quantity;
  if (value === undefined || typeof unit !== "string" || unit === "" || Object.keys(others).length > 0) {
    return { rule: "quantity-shape", message: "A quantity has a value, a unit, and nothing else." };
  }
  if (units && !units.includes(unit)) return { rule: "unit", message: `The unit must be one of: ${units.join(", ")}.` };
  if (typeof value === "string") {
    if (value.length <= MAX_DECIMAL_LENGTH && DECIMAL_FORM.test(value)) return undefined;
    const message = `A decimal is at most ${MAX_DECIMAL_LENGTH} digits with at most one point, as text.`;
    return { rule: "decimal", message };
  }
  if (typeof value !== "number") {
    return { rule: "quantity-shape", message: "The value of a quantity is a number or a decimal." };
  }
  // A double cannot hold 0.1 kg, and sums over lots must balance to the last digit.
  const isExact = CURRENCY.test(unit) || EXACT_UNITS.includes(unit);
  return isExact ? { rule: "decimal-as-string", message: "Mass and money are decimals written as text." } : undefined;
}

/**
 * The amount of a quantity in kg, Ah, kWh, W, Ohm or %; undefined for what is no quantity in a unit that is a power of
 * ten of one of these, or has a number that only an exponent could write.
 */
export function amountOf(quantity: JsonValue | undefined): Decimal | undefined {
  if (typeof quantity !== "object" || quantity === null || Array.isArray(quantity)) return undefined;
  const { value, unit } = quantity as JsonObject;
  const power = typeof unit === "string" && Object.hasOwn(POWERS, unit) ? POWERS[unit] : undefined;
  const amount = typeof value === "string" || typeof value === "number" ? parseDecimal(String(value)) : undefined;
  return amount === undefined || power === undefined ? undefined : shift(amount, power);
}
