import { add, type Decimal, ZERO } from "../decimal.ts";
import { isObject } from "../records/fieldRules.ts";
import { amountOf } from "../records/quantities.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import type { ElementMass } from "./parameters.ts";

/** What is known of a battery that a valuation needs; undefined where nobody says it. */
export interface ValuedBattery {
  readonly chemistry: string | undefined;
  /** kg. */
  readonly mass: Decimal | undefined;
  /** kWh, when new. */
  readonly ratedEnergy: Decimal | undefined;
  /** By element, as the composition of the model states them; empty where it states none. */
  readonly masses: readonly ElementMass[];
  /** In percent, the one measured last, with the time of measuring as it was written. */
  readonly stateOfHealth: { readonly value: Decimal; readonly measuredAt: string } | undefined;
}

/**
 * Puts together what several records or files say of one battery: fields by the names of a mint (`model.mass`) and of a
 * state of health. Of what is said twice, the first counts, and of states of health the one measured last.
 */
export function batteryOf(sources: readonly JsonObject[]): ValuedBattery {
  const models = sources.map(({ model }) => model).filter(isObject);
  const first = (name: string): Decimal | undefined => firstOf(models, (model) => amountIn(model[name]));
  const healths = sources.flatMap(healthOf).sort((a, b) => timeOf(b) - timeOf(a));
  return {
    chemistry: firstOf(models, ({ chemistry }) => (typeof chemistry === "string" ? chemistry : undefined)),
    mass: first("mass"),
    ratedEnergy: first("ratedEnergy"),
    masses: firstOf(models, massesOf) ?? [],
    stateOfHealth: healths[0],
  };
}

/** What says no time is older than whatever does. */
const timeOf = ({ measuredAt }: { readonly measuredAt: string }): number => Date.parse(measuredAt) || 0;

/** A data record states the figure itself; a mint puts it beside the time of measuring. */
function healthOf({ stateOfHealth, measuredAt }: JsonObject): NonNullable<ValuedBattery["stateOfHealth"]>[] {
  if (!isObject(stateOfHealth)) return [];
  const stated = isObject(stateOfHealth.value) ? stateOfHealth : { value: stateOfHealth, measuredAt };
  const value = amountIn(stated.value);
  const time = typeof stated.measuredAt === "string" ? stated.measuredAt : "";
  return value === undefined ? [] : [{ value, measuredAt: time }];
}

/** An element may stand in several materials. */
function massesOf({ composition }: JsonObject): ElementMass[] | undefined {
  const materials = isObject(composition) ? composition.materials : undefined;
  if (!Array.isArray(materials)) return undefined;
  const masses = new Map<string, Decimal>();
  for (const { element, mass } of (materials as readonly JsonValue[]).filter(isObject)) {
    const stated = amountIn(mass);
    if (typeof element === "string" && stated !== undefined) {
      masses.set(element, add(masses.get(element) ?? ZERO, stated));
    }
  }
  return masses.size === 0 ? undefined : [...masses].map(([element, mass]) => ({ element, mass }));
}

/** A quantity below zero says nothing that could be counted. */
function amountIn(quantity: JsonValue | undefined): Decimal | undefined {
  const amount = amountOf(quantity);
  return amount === undefined || amount.units < 0n ? undefined : amount;
}

function firstOf<T, R>(all: readonly T[], read: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = read(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
