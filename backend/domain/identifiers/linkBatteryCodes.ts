import type { BatteryCode, BatteryLevel } from "./batteryCode.ts";

/** Why two codes do not belong together: a stable rule id, the code it is about, and a sentence. */
export interface LinkProblem {
  readonly rule:
    | "part-level"
    | "part-chemistry"
    | "part-date"
    | "part-repeated"
    | "cascade-use"
    | "cascade-level"
    | "cascade-chemistry"
    | "cascade-date"
    | "original-missing";
  readonly code: string;
  readonly message: string;
}

const RANK: Readonly<Record<BatteryLevel, number>> = { cell: 0, module: 1, pack: 2 };

/** What the part is as it is sold: a cascade code says it at its end. */
const levelOf = ({ level, cascadeLevel }: BatteryCode): BatteryLevel => cascadeLevel ?? level;

/**
 * Checks that parts can be in a whole, as GB/T 34014-2017 links pack, module and cell: a part is of a lower level, of the
 * same battery type, not made after the whole, and there once. Every problem is named; none when all of them fit.
 */
export function checkParts(whole: BatteryCode, parts: readonly BatteryCode[]): LinkProblem[] {
  const problems: LinkProblem[] = [];
  const seen = new Set<string>();
  for (const part of parts) {
    const note = (rule: LinkProblem["rule"], message: string) => problems.push({ rule, code: part.code, message });
    if (RANK[levelOf(part)] >= RANK[levelOf(whole)]) {
      note("part-level", `A ${levelOf(part)} cannot be a part of a ${levelOf(whole)}.`);
    }
    if (part.chemistry !== whole.chemistry) {
      note("part-chemistry", `The part is of type ${part.chemistry}, the whole of type ${whole.chemistry}.`);
    }
    if (part.date > whole.date)
      note("part-date", `The part was made on ${part.date}, after the whole (${whole.date}).`);
    if (seen.has(part.code)) note("part-repeated", "The code stands among the parts twice.");
    seen.add(part.code);
  }
  return problems;
}

/**
 * Checks a code for cascade use 梯次利用 against the codes of the batteries it was made from, all of which it must keep:
 * they are of the level and type that the cascade code names, and were made before it.
 * @param originals codes of the parents, as lineage says
 * @param kept codes that the cascade product's own record names
 */
export function checkCascade(
  cascade: BatteryCode,
  originals: readonly BatteryCode[],
  kept: readonly string[],
): LinkProblem[] {
  const problems: LinkProblem[] = [];
  const note = (rule: LinkProblem["rule"], { code }: BatteryCode, message: string) =>
    problems.push({ rule, code, message });
  if (cascade.use !== "cascade")
    note("cascade-use", cascade, "The code is one of a new product: it does not end in R.");
  for (const original of originals) {
    if (levelOf(original) !== cascade.level) {
      note(
        "cascade-level",
        original,
        `The cascade code is made from a ${cascade.level}, this is a ${levelOf(original)}.`,
      );
    }
    if (original.chemistry !== cascade.chemistry) {
      note(
        "cascade-chemistry",
        original,
        `The type is ${original.chemistry}, the cascade code's ${cascade.chemistry}.`,
      );
    }
    if (original.date > cascade.date) {
      note("cascade-date", original, `It was made on ${original.date}, after the cascade product (${cascade.date}).`);
    }
    if (!kept.includes(original.code))
      note("original-missing", original, "The cascade product does not keep this code.");
  }
  return problems;
}
