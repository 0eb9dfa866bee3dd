import type { JsonObject } from "../types.ts";
import type { FieldRule, RuleBreach } from "./fieldRules.ts";
import type { JsonPath } from "./jsonPath.ts";

/** What is known of one field. A field that nobody lists is allowed, and withheld. */
export interface FieldSpec {
  readonly rule: FieldRule;
  /** Stands in clear, for everybody and for ever: what was on public IPFS cannot be taken back. */
  readonly public?: true;
  /**
   * `true`: every record has it (inside a list: every element). `"within"`: whatever holds it has it, but what holds it
   * may be missing as a whole.
   */
  readonly required?: true | "within";
}

/** Fields by path, `model.mass` or `identifierPrefixes[*].scheme`. A list that may not be empty is listed itself, too. */
export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

/** What must hold between fields whose own form is right. Judges only what is there. */
export type Relation = (fields: JsonObject) => readonly FoundBreach[];
export type FoundBreach = readonly [path: JsonPath, breach: RuleBreach];

export const shown = (rule: FieldRule): FieldSpec => ({ rule, public: true });
export const demanded = (rule: FieldRule): FieldSpec => ({ rule, public: true, required: true });
/** Withheld fields: one that may be missing, one that every record has, and one that whatever holds it has. */
export const withheld = (rule: FieldRule): FieldSpec => ({ rule });
export const needed = (rule: FieldRule): FieldSpec => ({ rule, required: true });
export const neededWithin = (rule: FieldRule): FieldSpec => ({ rule, required: "within" });
export const oneOf = (...words: readonly string[]): FieldRule => ({ oneOf: words });
