import { DomainError } from "../errors.ts";
import { isObject } from "../records/fieldRules.ts";
import type { JsonObject } from "../types.ts";

/** `catena-x`, `batterypass`, or one submodel, like `batterypass/CarbonFootprint`. */
export type ExportFormat = string;

const MODELS: readonly (readonly [format: RegExp, prefix: string])[] = [
  [/^catena-x$/, "catena-x/battery_pass/6.1.0"],
  [/^batterypass$/, "batterypass/1.2"],
];

/**
 * The documents of a format as they came in, JSON text: one as itself, several Battery Pass submodels as one object by
 * name. `fields` are those of the mint record, revealed. Throws `format-unknown`, and `document-not-kept` when the
 * record came from no such document or its disclosure is not at hand.
 */
export function exportDocument(fields: JsonObject, format: ExportFormat): string {
  const source = isObject(fields.source) ? fields.source : {};
  const submodel = /^batterypass\/(\w+)$/.exec(format)?.[1];
  const prefix =
    submodel === undefined ? MODELS.find(([form]) => form.test(format))?.[1] : `batterypass/1.2/${submodel}`;
  if (prefix === undefined) {
    const sentence = "The format is one of: catena-x, batterypass, batterypass/{submodel}.";
    throw new DomainError("format-unknown", sentence, { format });
  }
  const kept = Object.entries(source).flatMap(([model, text]): [string, string][] =>
    typeof text === "string" && (model === prefix || model.startsWith(`${prefix}/`)) ? [[model, text]] : [],
  );
  const [first, ...others] = kept;
  if (first === undefined) {
    const others = Object.keys(source);
    const at = others.length === 0 ? "its documents are withheld" : `it holds ${others.join(", ")}`;
    throw new DomainError("document-not-kept", `The record shows no document of ${format}: ${at}.`, { format, others });
  }
  return others.length === 0
    ? first[1]
    : `{${kept.flatMap(([model, text]) => membersOf(model, prefix, text)).join(",")}}`;
}

/** The members that a document gives to the object of several: itself under its submodel's name, or its own members. */
function membersOf(model: string, prefix: string, text: string): string[] {
  if (model === prefix) return text === "{}" ? [] : [text.slice(1, -1)];
  return [`${JSON.stringify(model.slice(prefix.length + 1))}:${text}`];
}
