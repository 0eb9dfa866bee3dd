import { add, compare, type Decimal, divide, formatDecimal, multiply, subtract, sum } from "../decimal.ts";

/** One case of a valuation, every figure settled. Prices and costs are in one currency. */
export interface ValuationInputs {
  readonly currency: string;
  readonly materials: readonly {
    readonly element: string;
    /** kg in the battery. */
    readonly mass: Decimal;
    /** Parts of one: how much is recovered, and how much of its price a buyer of such material pays. */
    readonly recovery: Decimal;
    readonly payable: Decimal;
    /** Per kg. */
    readonly price: Decimal;
  }[];
  /** kg of battery, and what recycling costs per kg of it. */
  readonly mass: Decimal;
  readonly recyclingCost: Decimal;
  /** Second life; null where the battery is fit for none. */
  readonly reuse: {
    /** kWh, when new. */
    readonly ratedEnergy: Decimal;
    /** Per kWh of it. */
    readonly newPrice: Decimal;
    readonly repurposingCost: Decimal;
    /** Parts of one: what a used product is worth beside a new one, and what its health leaves of that. */
    readonly usedDiscount: Decimal;
    readonly healthFactor: Decimal;
    /** Whole years until it is recycled after all, and the yearly discount rate as a part of one. */
    readonly years: number;
    readonly discountRate: Decimal;
  } | null;
}

/** One line of the working: what was worked out, from what, and the exact result. */
export interface ValuationStep {
  readonly of: string;
  readonly working: string;
  readonly result: string;
}

export interface ResidualValue {
  /** Which way is worth more. */
  readonly way: "reuse" | "recycling";
  /** To the cent, halves away from zero, as the two below it. */
  readonly value: string;
  /** Below zero where recycling costs more than it brings. */
  readonly materialValue: string;
  /** With the material's value at its end, discounted to today; null where there is no second life. */
  readonly reuseValue: string | null;
  readonly steps: readonly ValuationStep[];
}

/** Digits behind the point of a result, and of what is divided on the way. */
const MONEY_SCALE = 2;
const WORKING_SCALE = 12;
const ONE: Decimal = { units: 1n, scale: 0 };

/**
 * What a used battery is worth by stated inputs, openly: material = Σ mass × recovery × price × payable − cost; reuse =
 * discount × health × new price × energy − repurposing, and after its second life the material is still there:
 * value = max(material, reuse + material / (1 + r)^T). Repurposing costs now, and recycling pays later. Decimals
 * throughout: the same inputs give the same digits on every machine. Only the division is cut, to 12 digits.
 */
export function residualValue(inputs: ValuationInputs): ResidualValue {
  const material = materialValue(inputs);
  const reuse = reuseValue(inputs, material.amount);
  const isReuse = reuse !== null && compare(reuse.amount, material.amount) > 0;
  const value = isReuse ? reuse.amount : material.amount;
  const compared = reuse === null ? "material value, as there is no second life" : "the greater of the two";
  return {
    way: isReuse ? "reuse" : "recycling",
    value: money(value),
    materialValue: money(material.amount),
    reuseValue: reuse === null ? null : money(reuse.amount),
    steps: [...material.steps, ...(reuse?.steps ?? []), { of: "value", working: compared, result: money(value) }],
  };
}

type Worked = { readonly amount: Decimal; readonly steps: readonly ValuationStep[] };

function materialValue({ currency, materials, mass, recyclingCost }: ValuationInputs): Worked {
  const parts = materials.map(({ element, mass: contained, recovery, price, payable }) => {
    const working = `${kg(contained)} × ${text(recovery)} recovered × ${text(price)} ${currency}/kg × ${text(payable)} paid`;
    const amount = multiply(multiply(contained, recovery), multiply(price, payable));
    return { amount, step: step(element, working, amount) };
  });
  const cost = multiply(mass, recyclingCost);
  const amount = subtract(sum(parts.map((one) => one.amount)), cost);
  return {
    amount,
    steps: [
      ...parts.map((one) => one.step),
      step("recycling cost", `${kg(mass)} × ${text(recyclingCost)} ${currency}/kg`, cost),
      step("material value", "materials − recycling cost", amount),
    ],
  };
}

function reuseValue({ currency, reuse }: ValuationInputs, material: Decimal): Worked | null {
  if (reuse === null) return null;
  const { ratedEnergy, newPrice, repurposingCost, usedDiscount, healthFactor, years, discountRate } = reuse;
  const perEnergy = (price: Decimal): string => `${text(ratedEnergy)} kWh × ${text(price)} ${currency}/kWh`;
  const used = multiply(multiply(usedDiscount, healthFactor), multiply(newPrice, ratedEnergy));
  const cost = multiply(repurposingCost, ratedEnergy);
  const growth = add(ONE, discountRate);
  const factor = Array.from({ length: years }).reduce<Decimal>((power) => multiply(power, growth), ONE);
  const later = divide(material, factor, WORKING_SCALE);
  const amount = add(subtract(used, cost), later);
  const asUsed = `${perEnergy(newPrice)} × ${text(usedDiscount)} used × ${text(healthFactor)} health`;
  return {
    amount,
    steps: [
      step("used battery", asUsed, used),
      step("repurposing cost", perEnergy(repurposingCost), cost),
      step("material later", `material value / (1 + ${text(discountRate)})^${years}`, later),
      step("reuse value", "used battery − repurposing cost + material later", amount),
    ],
  };
}

const step = (of: string, working: string, amount: Decimal): ValuationStep => ({ of, working, result: text(amount) });
const kg = (mass: Decimal): string => `${text(mass)} kg`;

/** Without zeros at the end that only came from multiplying. */
function text(value: Decimal): string {
  const digits = formatDecimal(value);
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** Rounded once, at the end. */
const money = (value: Decimal): string => formatDecimal(divide(value, ONE, MONEY_SCALE));
