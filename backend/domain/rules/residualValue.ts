import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  subtract,
  ZERO,
} from "../decimal.ts";
import { DomainError } from "../errors.ts";

/** Decimals as text throughout: the same inputs give the same digits on every machine. */
export interface ValuationInputs {
  /** ISO 4217; every price is in it. */
  readonly currency: string;
  /** The day the prices are of, YYYY-MM-DD: whoever states them dates them. */
  readonly pricesOn: string;
  readonly materials: readonly {
    readonly element: string;
    /** kg in the battery. */
    readonly mass: string;
    /** Parts of one: how much is recovered, and how much of its price a buyer of such material pays. */
    readonly recovery: string;
    readonly payable: string;
    /** Per kg. */
    readonly price: string;
  }[];
  readonly recyclingCost: string;
  /** Second life; undefined where the battery is fit for none. */
  readonly reuse?: {
    /** Per kWh, new. */
    readonly newPrice: string;
    /** kWh. */
    readonly ratedEnergy: string;
    /** Parts of one: what a used product is worth beside a new one, and what health is left. */
    readonly usedDiscount: string;
    readonly healthFactor: string;
    readonly repurposingCost: string;
    /** Whole years until it is recycled after all, and the yearly discount rate as a part of one. */
    readonly years: number;
    readonly discountRate: string;
  };
}

export interface ResidualValue {
  readonly currency: string;
  readonly pricesOn: string;
  /** Which way is worth more. */
  readonly way: "reuse" | "recycling";
  readonly value: string;
  /** Below zero where recycling costs more than it brings. */
  readonly materialValue: string;
  /** With the material's value at its end, discounted to today; null where there is no second life. */
  readonly reuseValue: string | null;
  readonly disclaimer: "not an appraisal";
}

/** Digits behind the point of a result, and of what is divided on the way. */
const MONEY_SCALE = 2;
const WORKING_SCALE = 12;
const LONGEST_LIFE = 50;
const ONE: Decimal = { units: 1n, scale: 0 };

/**
 * What a used battery is worth by stated inputs, openly: material = Σ mass × recovery × price × payable − cost; reuse =
 * discount × health × new price × energy − repurposing, and after its second life the material is still there:
 * value = max(material, reuse + material / (1 + r)^T). It values inputs, not batteries: "not an appraisal" is part of it.
 * Throws `valuation-input-invalid` with the path of an input that is no decimal, below zero, or beyond its range.
 */
export function residualValue(inputs: ValuationInputs): ResidualValue {
  const { currency, pricesOn, reuse } = inputs;
  const material = materialValue(inputs);
  const second = reuse === undefined ? null : reuseValue(reuse, material);
  const isReuse = second !== null && compare(second, material) > 0;
  return {
    currency,
    pricesOn,
    way: isReuse ? "reuse" : "recycling",
    value: money(isReuse ? second : material),
    materialValue: money(material),
    reuseValue: second === null ? null : money(second),
    disclaimer: "not an appraisal",
  };
}

function materialValue({ materials, recyclingCost }: ValuationInputs): Decimal {
  const total = materials.reduce((before, { mass, recovery, payable, price }, i) => {
    const place = (name: string): string => `$.materials[${i}].${name}`;
    const recovered = multiply(amount(mass, place("mass")), part(recovery, place("recovery")));
    const paid = multiply(amount(price, place("price")), part(payable, place("payable")));
    return add(before, multiply(recovered, paid));
  }, ZERO);
  return subtract(total, amount(recyclingCost, "$.recyclingCost"));
}

function reuseValue(reuse: NonNullable<ValuationInputs["reuse"]>, material: Decimal): Decimal {
  const { newPrice, ratedEnergy, usedDiscount, healthFactor, repurposingCost, years, discountRate } = reuse;
  if (!Number.isInteger(years) || years < 0 || years > LONGEST_LIFE) throw invalid("$.reuse.years", String(years));
  const asNew = multiply(amount(newPrice, "$.reuse.newPrice"), amount(ratedEnergy, "$.reuse.ratedEnergy"));
  const left = multiply(part(usedDiscount, "$.reuse.usedDiscount"), part(healthFactor, "$.reuse.healthFactor"));
  const cost = amount(repurposingCost, "$.reuse.repurposingCost");
  const growth = add(ONE, part(discountRate, "$.reuse.discountRate"));
  const factor = Array.from({ length: years }).reduce<Decimal>((power) => multiply(power, growth), ONE);
  return add(subtract(multiply(left, asNew), cost), divide(material, factor, WORKING_SCALE));
}

/** Rounded once, at the end. */
const money = (value: Decimal): string => formatDecimal(divide(value, ONE, MONEY_SCALE));

function amount(text: string, path: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined || value.units < 0n) throw invalid(path, text);
  return value;
}

function part(text: string, path: string): Decimal {
  const value = amount(text, path);
  if (compare(value, ONE) > 0) throw invalid(path, text);
  return value;
}

function invalid(path: string, value: string): DomainError {
  const sentence = "An input of a valuation is no decimal as text, is below zero, or is beyond its range.";
  return new DomainError("valuation-input-invalid", sentence, { path, value });
}
