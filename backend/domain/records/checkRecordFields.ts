import { DomainError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { membersOf } from "./allowList.ts";
import { isDataKind, requireDataKind, specOfKind } from "./dataKinds.ts";
import { breach, isDate, isObject, isTime, type RuleBreach } from "./fieldRules.ts";
import type { FieldSpecs, Relation } from "./fieldSpec.ts";
import { checkTree, type FieldNode, fieldTreeOf } from "./fieldTree.ts";
import { formatJsonPath, type JsonPath } from "./jsonPath.ts";
import { quantityBreach } from "./quantities.ts";
import { type RecordType, specOf } from "./recordTypes.ts";

/** Something wrong with one field. */
export interface FieldProblem extends RuleBreach {
  /** JSONPath of the field, `$.model.mass`. */
  readonly path: string;
}

/**
 * Checks the full fields of a record, withheld ones included, against the rules of its type (of a data record, of its
 * kind too, where `kind` is known) and against what holds in every record: quantities are `{value, unit}` and only
 * counts are bare numbers, dates and times ISO 8601, mass and money decimals as text. `fields` is all that is known: a
 * record disclosed in part is judged as if that part were the whole. Returns every problem, the first one of each field;
 * empty when there is none. Never throws.
 */
export function checkRecordFields(type: RecordType, fields: JsonObject): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  const note = (path: JsonPath, found: RuleBreach | undefined) => {
    const text = formatJsonPath(path);
    if (found && !problems.has(text)) problems.set(text, { path: text, ...found });
  };
  note(["type"], fields.type === type ? undefined : breach("type", `The type is ${type}.`));
  const specs = [specOf(type), ...kindOf(type, fields, note)];
  for (const spec of specs) checkTree(treeOf(spec.fields), fields, [], note);
  walk(fields, [], note);
  for (const spec of specs) {
    for (const [path, found] of (spec.relations ?? []).flatMap((relation) => relation(fields))) note(path, found);
  }
  return [...problems.values()];
}

/**
 * The same for a record that is to be accepted or made; the message names the first five problems.
 * @throws DomainError `data-kind-unknown`, `record-fields-invalid` (details: the first 20 problems)
 */
export function requireRecordFields(type: RecordType, fields: JsonObject): void {
  if (type === "data/1" && fields.kind !== undefined) requireDataKind(fields.kind);
  const problems = checkRecordFields(type, fields);
  if (problems.length === 0) return;
  const named = problems.slice(0, 5).map(({ path, message }) => `${path}: ${message}`);
  const more = problems.length > named.length ? ` (and ${problems.length - named.length} more)` : "";
  const message = `The fields of the record break its rules. ${named.join(" ")}${more}`;
  throw new DomainError("record-fields-invalid", message, { problems: problems.slice(0, 20) });
}

type Note = (path: JsonPath, found: RuleBreach | undefined) => void;
type Spec = { readonly fields: FieldSpecs; readonly relations?: readonly Relation[] };

function kindOf(type: RecordType, { kind }: JsonObject, note: Note): Spec[] {
  if (type !== "data/1" || kind === undefined) return [];
  if (isDataKind(kind)) return [specOfKind(kind)];
  note(["kind"], breach("data-kind", "The kind of data record is unknown."));
  return [];
}

const trees = new WeakMap<FieldSpecs, FieldNode>();

/** Built once per type and kind: a server checks thousands of records a second against the same few. */
function treeOf(fields: FieldSpecs): FieldNode {
  const known = trees.get(fields);
  if (known) return known;
  const tree = fieldTreeOf(fields);
  trees.set(fields, tree);
  return tree;
}

/** What a field's name promises: `…Date` and `…On` a date, `…At` a moment; with a unit it is a quantity. */
function walk(value: JsonValue, path: JsonPath, note: Note): void {
  const name = path.at(-1);
  if (typeof name === "string" && typeof value !== "object") {
    if (/(?:^d|D)ate$|[a-z]On$/.test(name) && !isDate(value)) {
      note(path, breach("date", "The field is a date that exists, YYYY-MM-DD or YYYY-MM."));
    }
    if (/[a-z]At$/.test(name) && !isTime(value)) {
      note(path, breach("time", "The field is a moment with its offset, like 2026-03-01T12:00:00Z."));
    }
  }
  if (typeof value === "number" && !Number.isInteger(value)) {
    note(path, breach("unit-missing", "A number that counts nothing is an object of value and unit."));
  }
  if (typeof value !== "object" || value === null) return;
  if (isObject(value) && Object.hasOwn(value, "unit")) {
    note(path, quantityBreach(value));
    return;
  }
  for (const [step, member] of membersOf(value)) walk(member, [...path, step], note);
}
