import { breachOf, isObject } from "../records/fieldRules.ts";
import { parseJsonPath } from "../records/jsonPath.ts";
import { newestTypeOf, specOf } from "../records/recordTypes.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { PLACES } from "./places.ts";
import type { ValidDocument } from "./readDocument.ts";

/** Something in a document that did not go into a field of ours; it is kept under the document's own name all the same. */
export interface Notice {
  /** Our field. */
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/**
 * Puts what has a place of ours into it, in the order of the documents: the first that fills a field has it, and
 * another value for it is a notice (`documents-disagree`). A value that breaks our field's rule is a notice, too: a
 * format may allow the day 7172-75-08, a record of ours does not.
 */
export function placeFields(documents: readonly ValidDocument[]): { fields: JsonObject; notices: Notice[] } {
  const values = new Map<string, JsonValue>();
  const notices: Notice[] = [];
  for (const [model, document] of documents.flatMap(submodels)) {
    for (const { from, to, as } of PLACES[model] ?? []) {
      const source = valueAt(document, from);
      const value = source === undefined ? undefined : as(source, document);
      if (value === undefined) continue;
      const rule = specOf(newestTypeOf("mint")).fields[to]?.rule;
      const found = rule === undefined ? undefined : breachOf(rule, value);
      const known = values.get(to);
      if (found) notices.push({ field: to, ...found });
      else if (known === undefined) values.set(to, value);
      else if (JSON.stringify(known) !== JSON.stringify(value)) {
        const message = `Another document said ${JSON.stringify(known)}, which stands.`;
        notices.push({ field: to, rule: "documents-disagree", message });
      }
    }
  }
  const fields: Record<string, JsonValue> = {};
  for (const [path, value] of values) setAt(fields, path.split("."), value);
  return { fields, notices };
}

/** The models inside a document: itself, or the submodels of one that holds several. */
export function submodels({ model, value }: Pick<ValidDocument, "model" | "value">): [string, JsonObject][] {
  if (model !== "batterypass/1.2") return [[model, value]];
  return Object.entries(value).flatMap(([name, member]) => (isObject(member) ? [[`${model}/${name}`, member]] : []));
}

export function valueAt(document: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of parseJsonPath(path)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, JsonValue>)[step];
  }
  return value;
}

function setAt(fields: Record<string, JsonValue>, [name = "", ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    fields[name] = value;
    return;
  }
  const inner = { ...((fields[name] as JsonObject | undefined) ?? {}) };
  setAt(inner, rest, value);
  fields[name] = inner;
}
