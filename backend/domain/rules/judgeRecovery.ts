import { compare, type Decimal, divide, multiply, sum, ZERO } from "../decimal.ts";
import { isObject } from "../records/fieldRules.ts";
import { amountOf } from "../records/quantities.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { type Figures, judgeThresholds } from "./judgeThresholds.ts";
import type { Day, Judgement } from "./ruleSet.ts";

/** Which part of recycling the masses of a record are about. */
export type RecyclingStage = "whole-process" | "smelting-stage";

const HUNDRED: Decimal = { units: 100n, scale: 0 };
/** Digits behind the point of a rate in percent. */
const RATE_SCALE = 6;

/**
 * Judges the masses of a closure by the rules of its day: recovery of each element (`recovered[*]`: what came out by what
 * was contained) and, for the whole process, efficiency (products by input; residues and loss are no products).
 * The EU's targets rate the whole process and China's industry conditions the smelting stage, so a record is judged by
 * one or the other, never by both.
 */
export function judgeRecovery(fields: JsonObject, day: Day, stage: RecyclingStage): Judgement[] {
  return judgeThresholds(`recycling-${stage}`, day, recoveryFigures(fields));
}

/** The rates of a closure in percent: by element symbol, and `efficiency`. */
export function recoveryFigures({ recovered, products, input }: JsonObject): Figures {
  const figures: Record<string, Decimal | undefined> = {};
  for (const { element, mass, contained } of objectsIn(recovered)) {
    if (typeof element === "string") figures[element] = rateOf(amountOf(mass), amountOf(contained));
  }
  const made = objectsIn(products).map(({ mass }) => amountOf(mass));
  const isWhole = made.length > 0 && made.every((mass) => mass !== undefined);
  figures.efficiency = isWhole ? rateOf(sum(made), amountOf(input)) : undefined;
  return figures;
}

/**
 * A part of a whole in percent, cut off and not rounded: no target is reached by rounding. Undefined where the whole is
 * nothing, or one of them is not known.
 */
function rateOf(part: Decimal | undefined, whole: Decimal | undefined): Decimal | undefined {
  if (part === undefined || whole === undefined || compare(whole, ZERO) <= 0) return undefined;
  const wanted = multiply(part, HUNDRED);
  const rate = divide(wanted, whole, RATE_SCALE);
  return compare(multiply(rate, whole), wanted) > 0 ? { units: rate.units - 1n, scale: rate.scale } : rate;
}

const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
