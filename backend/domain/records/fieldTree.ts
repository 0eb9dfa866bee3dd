import type { JsonValue } from "../types.ts";
import { breach, breachOf, isObject, type RuleBreach } from "./fieldRules.ts";
import type { FieldSpec, FieldSpecs } from "./fieldSpec.ts";
import type { JsonPath } from "./jsonPath.ts";

/** The fields of a record along the document: what is checked, and what the JSON Schema is written from. */
export interface FieldNode {
  /** The rule of a value; of a list that may not be empty, beside its `elements`. */
  readonly spec?: FieldSpec;
  /** Of an object. */
  readonly members?: ReadonlyMap<string, FieldNode>;
  /** Of a list. */
  readonly elements?: FieldNode;
  /** Whatever holds this has it. */
  readonly required: boolean;
}

interface GrowingNode {
  spec?: FieldSpec;
  members?: Map<string, GrowingNode>;
  elements?: GrowingNode;
  required: boolean;
}

/** Puts fields by path together. */
export function fieldTreeOf(fields: FieldSpecs): FieldNode {
  const root: GrowingNode = { required: true };
  for (const [path, spec] of Object.entries(fields)) {
    const nodes: GrowingNode[] = [];
    let node = root;
    for (const step of stepsOf(path)) {
      if (step === "*") {
        node.elements ??= { required: true };
        node = node.elements;
        // What every element has says nothing about whether there is a list.
        nodes.length = 0;
      } else {
        node.members ??= new Map();
        const next: GrowingNode = node.members.get(step) ?? { required: false };
        node.members.set(step, next);
        node = next;
        nodes.push(node);
      }
    }
    node.spec = spec;
    if (spec.required === true) for (const one of nodes) one.required = true;
    if (spec.required === "within") node.required = true;
  }
  return root;
}

/** The steps of a field's path; `*` for every position of a list. */
export function stepsOf(path: string): string[] {
  return path.replaceAll("[*]", ".*").split(".");
}

/** Notes everything in which `value` differs from the tree, in the tree's order. */
export function checkTree(
  node: FieldNode,
  value: JsonValue,
  path: JsonPath,
  note: (path: JsonPath, found: RuleBreach | undefined) => void,
): void {
  if (node.spec) note(path, breachOf(node.spec.rule, value));
  const { elements, members } = node;
  if (elements) {
    if (!Array.isArray(value)) note(path, breach("list", "The field is a list."));
    else
      for (const [i, element] of (value as readonly JsonValue[]).entries())
        checkTree(elements, element, [...path, i], note);
  }
  if (!members) return;
  if (!isObject(value)) {
    note(path, breach("object", "The field is an object."));
    return;
  }
  for (const [name, member] of members) {
    const here = [...path, name];
    if (Object.hasOwn(value, name)) checkTree(member, value[name] ?? null, here, note);
    else if (member.required) noteMissing(member, here, note);
  }
}

/** Names the fields that are missing, not the objects that would hold them. */
function noteMissing(
  node: FieldNode,
  path: JsonPath,
  note: (path: JsonPath, found: RuleBreach | undefined) => void,
): void {
  if (!node.members) note(path, breach("required", "The field is missing."));
  for (const [name, member] of node.members ?? []) if (member.required) noteMissing(member, [...path, name], note);
}
