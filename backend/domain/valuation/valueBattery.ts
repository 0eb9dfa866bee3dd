import { compare, type Decimal, formatDecimal, multiply } from "../decimal.ts";
import { DomainError } from "../errors.ts";
import type { Hash } from "../types.ts";
import type { ValuedBattery } from "./battery.ts";
import type { ElementMass, SecondLife, ValuationParameters } from "./parameters.ts";
import { type ResidualValue, residualValue, type ValuationInputs } from "./residualValue.ts";

/** An estimate with everything it rests on: whoever has the parameters and the battery's fields gets the same. */
export interface Valuation {
  readonly disclaimer: "not an appraisal";
  readonly parameters: { readonly id: string; readonly hash: Hash };
  readonly currency: string;
  /** What the base case comes to: a further use, or its material. */
  readonly use: SecondLife["use"] | "material";
  readonly battery: {
    readonly chemistry: string | null;
    /** kg and kWh; percent. */
    readonly mass: string;
    readonly ratedEnergy: string | null;
    readonly stateOfHealth: string | null;
    /** Whether the model states its metals, or the parameters say what its chemistry has. */
    readonly massesFrom: "composition" | "contents";
    /** Elements in it that the parameters have no price for: they count for nothing. */
    readonly unpriced: readonly string[];
  };
  /** Why no further use was weighed; null where one was. */
  readonly noSecondLife: string | null;
  /** Low: what it brings at its low price and what it costs at its high one; high the other way round. */
  readonly low: ResidualValue;
  readonly base: ResidualValue;
  readonly high: ResidualValue;
  readonly prices: readonly { readonly of: string; readonly price: string; readonly quotedOn: string }[];
}

type Case = "low" | "base" | "high";
const COST_OF: Readonly<Record<Case, Case>> = { low: "high", base: "base", high: "low" };

/**
 * Values a battery by a parameter set, in three cases. It values what is stated: "not an appraisal" is part of it.
 * Throws `valuation-battery-incomplete` with the `missing` field of the battery.
 */
export function valueBattery(parameters: ValuationParameters, battery: ValuedBattery): Valuation {
  const { id, hash, currency, secondLife } = parameters;
  const { chemistry, ratedEnergy, stateOfHealth } = battery;
  const mass = battery.mass ?? incomplete("model.mass");
  const masses = battery.masses.length > 0 ? battery.masses : massesByChemistry(parameters, battery);
  const second = secondLifeOf(secondLife, battery);
  const valued = (name: Case): ResidualValue =>
    residualValue(inputsOf(parameters, { mass, masses, second: typeof second === "string" ? null : second }, name));
  const base = valued("base");
  const priced = new Set(parameters.materials.map(({ element }) => element));
  return {
    disclaimer: "not an appraisal",
    parameters: { id, hash },
    currency,
    use: base.way === "reuse" && secondLife !== null ? secondLife.use : "material",
    battery: {
      chemistry: chemistry ?? null,
      mass: formatDecimal(mass),
      ratedEnergy: ratedEnergy === undefined ? null : formatDecimal(ratedEnergy),
      stateOfHealth: stateOfHealth === undefined ? null : formatDecimal(stateOfHealth.value),
      massesFrom: battery.masses.length > 0 ? "composition" : "contents",
      unpriced: masses.map(({ element }) => element).filter((element) => !priced.has(element)),
    },
    noSecondLife: typeof second === "string" ? second : null,
    low: valued("low"),
    base,
    high: valued("high"),
    prices: pricesOf(parameters, masses, typeof second !== "string"),
  };
}

function massesByChemistry(
  { contents }: ValuationParameters,
  { chemistry, ratedEnergy }: ValuedBattery,
): ElementMass[] {
  if (chemistry === undefined) return incomplete("model.composition.materials or model.chemistry");
  const known = contents.find((one) => one.chemistry === chemistry);
  if (known === undefined) return incomplete("model.composition.materials", `no contents for chemistry ${chemistry}`);
  const energy = ratedEnergy ?? incomplete("model.ratedEnergy");
  return known.masses.map(({ element, mass }) => ({ element, mass: multiply(mass, energy) }));
}

type Second = SecondLife & { readonly ratedEnergy: Decimal; readonly healthFactor: Decimal };

/** The second life that is weighed, or why none is. */
function secondLifeOf(secondLife: SecondLife | null, { ratedEnergy, stateOfHealth }: ValuedBattery): Second | string {
  if (secondLife === null) return "The parameters have no second life.";
  if (stateOfHealth === undefined) return "No state of health is known.";
  const reached = secondLife.healthFactors
    .filter(({ atLeast }) => compare(stateOfHealth.value, atLeast) >= 0)
    .sort((a, b) => compare(b.atLeast, a.atLeast))[0];
  const percent = formatDecimal(stateOfHealth.value);
  if (reached === undefined) return `The state of health, ${percent} %, is below every health factor.`;
  return { ...secondLife, ratedEnergy: ratedEnergy ?? incomplete("model.ratedEnergy"), healthFactor: reached.factor };
}

type Known = { readonly mass: Decimal; readonly masses: readonly ElementMass[]; readonly second: Second | null };

function inputsOf(parameters: ValuationParameters, { mass, masses, second }: Known, name: Case): ValuationInputs {
  const cost = COST_OF[name];
  const materials = masses.flatMap(({ element, mass: contained }) =>
    parameters.materials
      .filter((one) => one.element === element)
      .map(({ recovery, payable, price }) => ({ element, mass: contained, recovery, payable, price: price[name] })),
  );
  return {
    currency: parameters.currency,
    materials,
    mass,
    recyclingCost: parameters.recyclingCost[cost],
    reuse:
      second === null
        ? null
        : { ...second, newPrice: second.newPrice[name], repurposingCost: second.repurposingCost[cost] },
  };
}

/** Those that were used, in the base case. */
function pricesOf(
  { materials, secondLife }: ValuationParameters,
  masses: readonly ElementMass[],
  hasSecondLife: boolean,
): Valuation["prices"] {
  const used = materials.filter(({ element }) => masses.some((one) => one.element === element));
  const prices = used.map(({ element, price, quotedOn }) => ({
    of: `${element}, per kg`,
    price: price.base,
    quotedOn,
  }));
  if (hasSecondLife && secondLife !== null) {
    const { newPrice, quotedOn } = secondLife;
    prices.push({ of: "new battery, per kWh", price: newPrice.base, quotedOn });
  }
  return prices.map((one) => ({ ...one, price: formatDecimal(one.price) }));
}

function incomplete(missing: string, reason = "nothing says it"): never {
  const sentence = `The battery cannot be valued without its ${missing}: ${reason}.`;
  throw new DomainError("valuation-battery-incomplete", sentence, { missing });
}
