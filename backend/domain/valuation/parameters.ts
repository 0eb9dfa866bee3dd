import type { Decimal } from "../decimal.ts";
import { canonicalBytes } from "../records/canonicalJson.ts";
import { isObject } from "../records/fieldRules.ts";
import type { JsonPath } from "../records/jsonPath.ts";
import { CURRENCY } from "../records/quantities.ts";
import { recordHash } from "../records/recordHash.ts";
import type { Hash, JsonObject, JsonValue } from "../types.ts";
import {
  amount,
  day,
  distinct,
  element,
  invalid,
  list,
  matching,
  members,
  part,
  percent,
  type Range,
  range,
  text,
} from "./readInput.ts";

/** What somebody values batteries by: every figure is theirs, and none of it is this project's. */
export interface ValuationParameters {
  readonly id: string;
  /** sha-256 of the set's canonical JSON (RFC 8785): layout and order of names do not change it. */
  readonly hash: Hash;
  /** ISO 4217; every price and cost is in it. */
  readonly currency: string;
  readonly materials: readonly MaterialPrice[];
  /** kg per kWh of rated energy, by chemistry: for batteries that state no masses themselves. */
  readonly contents: readonly { readonly chemistry: string; readonly masses: readonly ElementMass[] }[];
  /** Per kg of battery. */
  readonly recyclingCost: Range;
  readonly secondLife: SecondLife | null;
}

export interface MaterialPrice {
  readonly element: string;
  /** Per kg of the element. */
  readonly price: Range;
  /** YYYY-MM-DD. */
  readonly quotedOn: string;
  /** Parts of one: how much is recovered, and how much of its price a buyer of such material pays. */
  readonly recovery: Decimal;
  readonly payable: Decimal;
}

export interface ElementMass {
  readonly element: string;
  readonly mass: Decimal;
}

export interface SecondLife {
  /** 梯次利用 is `cascade`. */
  readonly use: "reuse" | "cascade";
  /** Per kWh of rated energy, of a new battery for that use. */
  readonly newPrice: Range;
  readonly quotedOn: string;
  /** Parts of one: what a used product is worth beside a new one. */
  readonly usedDiscount: Decimal;
  /** From which state of health on, in percent, which part of one; the highest that fits counts, below all is none. */
  readonly healthFactors: readonly { readonly atLeast: Decimal; readonly factor: Decimal }[];
  /** Per kWh of rated energy. */
  readonly repurposingCost: Range;
  /** Whole years until it is recycled after all, and the yearly discount rate as a part of one. */
  readonly years: number;
  readonly discountRate: Decimal;
}

const LONGEST_LIFE = 50;

/**
 * Reads a parameter set. Decimals are text, a price or cost is one decimal or `{low, base, high}`. A name that is not
 * known is refused: a misspelt `secondLife` would otherwise lower a value without a word.
 * Throws `valuation-input-invalid` with the JSON path and what stands there wrongly.
 */
export function parseParameters(value: JsonObject): ValuationParameters {
  const names = ["id", "currency", "materials", "recyclingCostPerKg"];
  const set = members(value, [], names, ["contents", "secondLife", "note"]);
  return {
    id: text(set.id, ["id"]),
    hash: recordHash(canonicalBytes(value)),
    currency: matching(set.currency, ["currency"], (found) => CURRENCY.test(found), "a currency of ISO 4217"),
    materials: distinct(list(set.materials, ["materials"], readMaterial), ["materials"], ({ element }) => element),
    contents:
      set.contents === undefined
        ? []
        : distinct(list(set.contents, ["contents"], readContent), ["contents"], ({ chemistry }) => chemistry),
    recyclingCost: range(set.recyclingCostPerKg, ["recyclingCostPerKg"]),
    secondLife: set.secondLife === undefined ? null : readSecondLife(set.secondLife, ["secondLife"]),
  };
}

function readMaterial(value: JsonValue, path: JsonPath): MaterialPrice {
  const found = members(value, path, ["element", "pricePerKg", "quotedOn", "recovery", "payable"]);
  return {
    element: element(found.element, [...path, "element"]),
    price: range(found.pricePerKg, [...path, "pricePerKg"]),
    quotedOn: day(found.quotedOn, [...path, "quotedOn"]),
    recovery: part(found.recovery, [...path, "recovery"]),
    payable: part(found.payable, [...path, "payable"]),
  };
}

function readContent(value: JsonValue, path: JsonPath): ValuationParameters["contents"][number] {
  const found = members(value, path, ["chemistry", "kgPerKWh"]);
  const here = [...path, "kgPerKWh"];
  if (!isObject(found.kgPerKWh)) throw invalid(here, "an object of elements");
  const masses = Object.entries(found.kgPerKWh).map(([symbol, mass]) => ({
    element: element(symbol, [...here, symbol]),
    mass: amount(mass, [...here, symbol]),
  }));
  return { chemistry: text(found.chemistry, [...path, "chemistry"]), masses };
}

function readSecondLife(value: JsonValue, path: JsonPath): SecondLife {
  const names = ["use", "newPricePerKWh", "quotedOn", "usedDiscount", "healthFactors"];
  const found = members(value, path, [...names, "repurposingCostPerKWh", "years", "discountRate"]);
  const at = (name: string): JsonPath => [...path, name];
  if (found.use !== "reuse" && found.use !== "cascade") throw invalid(at("use"), "reuse or cascade");
  const years = Number.isInteger(found.years) ? Number(found.years) : -1;
  if (years < 0 || years > LONGEST_LIFE) throw invalid(at("years"), `a whole number from 0 to ${LONGEST_LIFE}`);
  return {
    use: found.use,
    newPrice: range(found.newPricePerKWh, at("newPricePerKWh")),
    quotedOn: day(found.quotedOn, at("quotedOn")),
    usedDiscount: part(found.usedDiscount, at("usedDiscount")),
    healthFactors: list(found.healthFactors, at("healthFactors"), readHealthFactor),
    repurposingCost: range(found.repurposingCostPerKWh, at("repurposingCostPerKWh")),
    years,
    discountRate: part(found.discountRate, at("discountRate")),
  };
}

function readHealthFactor(value: JsonValue, path: JsonPath): SecondLife["healthFactors"][number] {
  const found = members(value, path, ["atLeastPercent", "factor"]);
  const atLeast = percent(found.atLeastPercent, [...path, "atLeastPercent"]);
  return { atLeast, factor: part(found.factor, [...path, "factor"]) };
}
