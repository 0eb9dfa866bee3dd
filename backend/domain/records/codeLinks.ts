import { DomainError } from "../errors.ts";
import { type BatteryCode, decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { checkCascade, checkParts, type LinkProblem } from "../identifiers/linkBatteryCodes.ts";
import type { JsonValue } from "../types.ts";
import { breach, isObject } from "./fieldRules.ts";
import type { FoundBreach, Relation } from "./fieldSpec.ts";
import type { JsonPath } from "./jsonPath.ts";

type Placed = { readonly path: JsonPath; readonly code: BatteryCode };

/**
 * Codes by GB/T 34014 that a record names together belong together: parts are of a lower level and the same type as the
 * whole, and a cascade product 梯次利用 keeps the codes of all its originals, which are what its own code says. Codes that
 * are none are for the rule of their own field to refuse; a code of a new product says nothing about originals.
 */
export const codesLink: Relation = ({ batteryCode, parts, originalCodes, parents }) => {
  const [whole] = codesAt([[["batteryCode"], batteryCode]]);
  if (whole === undefined) return [];
  const placedParts = codesAt(membersOf("parts", parts));
  const found = breachesOf(checkParts(whole.code, codes(placedParts)), placedParts);
  if (whole.code.use !== "cascade") return found;
  const kept = codesAt(listOf(originalCodes).map((code, i) => [["originalCodes", i], code]));
  const placedParents = codesAt(membersOf("parents", parents));
  const originals = placedParents.length > 0 ? placedParents : kept;
  const keptCodes = kept.map(({ code }) => code.code);
  return [...found, ...breachesOf(checkCascade(whole.code, codes(originals), keptCodes), originals)];
};

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
const codes = (placed: readonly Placed[]): BatteryCode[] => placed.map(({ code }) => code);

function membersOf(list: string, value: JsonValue | undefined): [JsonPath, JsonValue | undefined][] {
  return listOf(value).map((member, i) => [
    [list, i, "batteryCode"],
    isObject(member) ? member.batteryCode : undefined,
  ]);
}

function codesAt(values: readonly (readonly [JsonPath, JsonValue | undefined])[]): Placed[] {
  return values.flatMap(([path, value]) => {
    try {
      return typeof value === "string" ? [{ path, code: decodeBatteryCode(value) }] : [];
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  });
}

function breachesOf(problems: readonly LinkProblem[], placed: readonly Placed[]): FoundBreach[] {
  return problems.map(({ rule, code, message }) => {
    // A code that stands there twice is wrong at its last place.
    const place = placed.findLast((one) => one.code.code === code);
    return [place?.path ?? ["batteryCode"], breach(rule, message)];
  });
}
