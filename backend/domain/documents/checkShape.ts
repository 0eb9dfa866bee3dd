import { canonicalize } from "../records/canonicalJson.ts";
import type { FieldProblem } from "../records/checkRecordFields.ts";
import { breach, isObject, type RuleBreach } from "../records/fieldRules.ts";
import { formatJsonPath, type JsonPath } from "../records/jsonPath.ts";
import type { JsonValue } from "../types.ts";
import type { Shape } from "./shapes.ts";

/** Nobody reads more; a document made of nothing else could have a hundred thousand. */
const MAX_PROBLEMS = 100;

/**
 * Holds a parsed value against a shape. Returns the problems with JSONPath and rule (`type`, `required`, `enum`,
 * `pattern`, `format`, `max-length`, `minimum`, `maximum`, `unique`), in document order, the first 100; empty when there
 * is none.
 */
export function checkShape(shape: Shape, value: JsonValue): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const problem of problemsOf(shape, value, [])) {
    if (problems.push(problem) === MAX_PROBLEMS) break;
  }
  return problems;
}

function* problemsOf(shape: Shape, value: JsonValue, path: JsonPath): Generator<FieldProblem> {
  const found = ownBreach(shape, value);
  if (found) yield { path: formatJsonPath(path), ...found };
  if (shape.is === "list" && Array.isArray(value)) {
    for (const [position, element] of (value as readonly JsonValue[]).entries()) {
      yield* problemsOf(shape.of, element, [...path, position]);
    }
  }
  if (shape.is !== "object" || !isObject(value)) return;
  for (const [name, member] of shape.members) {
    const here = [...path, name];
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner !== undefined) yield* problemsOf(member.shape, inner, here);
    else if (member.required) yield { path: formatJsonPath(here), ...breach("required", "The field is missing.") };
  }
}

/** What is wrong with the value itself, whatever it holds inside. */
function ownBreach(shape: Shape, value: JsonValue): RuleBreach | undefined {
  switch (shape.is) {
    case "text":
      return typeof value === "string" ? textBreach(shape, value) : breach("type", "The field is text.");
    case "number":
      return typeof value === "number" ? numberBreach(shape, value) : breach("type", "The field is a number.");
    case "flag":
      return typeof value === "boolean" ? undefined : breach("type", "The field is true or false.");
    case "list":
      if (!Array.isArray(value)) return breach("type", "The field is a list.");
      return shape.unique && hasEqual(value) ? breach("unique", "The list has the same element twice.") : undefined;
    case "object":
      return isObject(value) ? undefined : breach("type", "The field is an object.");
  }
}

function textBreach(shape: Extract<Shape, { is: "text" }>, value: string): RuleBreach | undefined {
  const { oneOf, form, maxLength } = shape;
  if (oneOf && !oneOf.includes(value)) return breach("enum", `The field is one of: ${oneOf.join(" | ")}.`);
  if (form && !form.holds(value)) return breach(form.rule, `The field is not in the form of ${form.name}.`);
  // Characters, not UTF-16 units: a pair of surrogates is one.
  if (maxLength === undefined || [...value].length <= maxLength) return undefined;
  return breach("max-length", `The field has at most ${maxLength} characters.`);
}

function numberBreach({ min, max }: Extract<Shape, { is: "number" }>, value: number): RuleBreach | undefined {
  if (min !== undefined && value < min) return breach("minimum", `The field is at least ${min}.`);
  return max !== undefined && value > max ? breach("maximum", `The field is at most ${max}.`) : undefined;
}

function hasEqual(list: readonly JsonValue[]): boolean {
  return new Set(list.map(canonicalize)).size < list.length;
}
