import { compare, type Decimal, formatDecimal, subtract, sum } from "../decimal.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { breach, isObject } from "./fieldRules.ts";
import type { FoundBreach, Relation } from "./fieldSpec.ts";
import { amountOf } from "./quantities.ts";

/**
 * Input = products + residues + loss, to the last digit. The loss is stated and not worked out, so that whoever weighs
 * has to say what did not come out (below zero where something, such as water, was taken up); how large a loss may be is
 * for a rule set to say. Judged once all four are there: a balance disclosed in part balances nothing.
 */
export const massBalances: Relation = ({ input, products, residues, loss }) => {
  const [taken, lost] = [amountOf(input), amountOf(loss)];
  const given = [massesOf(products), massesOf(residues ?? [])];
  const [made, left] = given;
  if (taken === undefined || lost === undefined || made === undefined || left === undefined) return [];
  const difference = subtract(taken, sum([...made, ...left, lost]));
  if (difference.units === 0n) return [];
  const message = `Products, residues and loss differ from the input by ${formatDecimal(difference)} kg.`;
  return [[["input"], breach("mass-balance", message)]];
};

/** The parents weigh together what the transformation says it took in. */
export const parentsWeighInput: Relation = ({ input, parents }) => {
  const [taken, weighed] = [amountOf(input), massesOf(parents)];
  if (taken === undefined || weighed === undefined || compare(taken, sum(weighed)) === 0) return [];
  return [[["input"], breach("parents-mass", "The input is not what the parents weigh together.")]];
};

/** Each element once, and no more of it than was in the input. */
export const recoveredWithinContained: Relation = ({ recovered }) => {
  const seen = new Set<JsonValue>();
  return listOf(recovered).flatMap((entry, at): FoundBreach[] => {
    const { element, mass, contained } = entry;
    if (element !== undefined && seen.has(element)) {
      return [[["recovered", at, "element"], breach("element-once", "The element stands in the list twice.")]];
    }
    if (element !== undefined) seen.add(element);
    const [out, held] = [amountOf(mass), amountOf(contained)];
    if (out === undefined || held === undefined || compare(out, held) <= 0) return [];
    return [[["recovered", at, "mass"], breach("recovered-exceeds-contained", "More came out than was in it.")]];
  });
};

/** Any question answered with yes: the battery may not travel as it is. */
export const yesForbidsTravel: Relation = ({ transportSafety }) => {
  if (!isObject(transportSafety) || transportSafety.mayTravel !== true) return [];
  const yes = listOf(transportSafety.questions).findIndex(({ answer }) => answer === true);
  if (yes === -1) return [];
  const message = `Question ${yes + 1} is answered with yes, so the battery may not travel as it is.`;
  return [[["transportSafety", "mayTravel"], breach("transport-safety", message)]];
};

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
}

/** The masses of a list's entries in kg; undefined where the list or one of them is not there. */
function massesOf(value: JsonValue | undefined): Decimal[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const masses = (value as readonly JsonValue[]).map((entry) => (isObject(entry) ? amountOf(entry.mass) : undefined));
  return masses.every((mass) => mass !== undefined) ? masses : undefined;
}
