import { type NamedRule, unitsOf } from "../records/fieldRules.ts";
import { publicPathsOf, RECORD_TYPES, type RecordType, specOf } from "../records/recordTypes.ts";

/** One data element that a passport may show, as the dictionary explains it. */
export interface Term {
  /** By its place, `model.mass`; positions of a list are left out, they all mean the same. */
  readonly path: string;
  /** What its value must look like; a list repeats it. */
  readonly rule: NamedRule | "choice";
  /** The words of a choice. */
  readonly choices?: readonly string[];
  /** Units that it may have; absent where it is no quantity. */
  readonly units?: readonly string[];
}

/** Versions of the dictionary never take a term back; a new meaning gets a new version. */
export const DICTIONARY_VERSION = "1";

/** Fields of a record that are no data elements: the envelope of EN 18223 says them. */
export const NOT_ELEMENTS: ReadonlySet<string> = new Set(["type", "subject", "uid"]);

/** Records that make a passport: what they show is its public content. */
const MAKING = /^(?:mint|transformation)\//;

/** Every public data element of a passport, from the very list that decides what is public. Ordered by path. */
export function publicTerms(): Term[] {
  const terms = new Map<string, Term>();
  for (const type of Object.keys(RECORD_TYPES).filter((name) => MAKING.test(name)) as RecordType[]) {
    for (const field of publicPathsOf(type)) {
      const rule = specOf(type).fields[field]?.rule;
      const path = field.replaceAll("[*]", "");
      if (rule === undefined || NOT_ELEMENTS.has(path)) continue;
      if (typeof rule === "object") {
        terms.set(path, { path, rule: "choice", choices: rule.oneOf });
        continue;
      }
      const units = unitsOf(rule);
      terms.set(path, units === undefined ? { path, rule } : { path, rule, units });
    }
  }
  return [...terms.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
