import type { TFunction } from "i18next";
import type { JsonObject, JsonValue } from "../../domain/types.ts";

/** A public field, ready to show. */
export type Field = { readonly path: string; readonly value: JsonValue };

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isQuantity = (value: JsonValue): value is { readonly value: number | string; readonly unit: string } =>
  isObject(value) &&
  Object.keys(value).length === 2 &&
  typeof value.unit === "string" &&
  typeof value.value !== "object";

/** The fields of a record one by one, by path; digests of withheld ones leave no trace. */
export function flatten(fields: JsonObject, prefix = ""): Field[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name === "_sd") return [];
    const path = `${prefix}${name}`;
    return isObject(value) && !isQuantity(value) ? flatten(value, `${path}.`) : [{ path, value }];
  });
}

const UNITS: ReadonlyMap<string, string> = new Map([
  ["Cel", "°C"],
  ["Ohm", "Ω"],
  ["mOhm", "mΩ"],
  ["kgCO2e/kWh", "kg CO₂e/kWh"],
]);
const NAMED = new Set(["level", "model.category"]);

/** A field's value as a person writes it. Attacker-controlled: everything in it is shown as text. */
export function fieldValue(t: TFunction, { path, value }: Field): string {
  if (Array.isArray(value)) {
    const shown = value.filter(
      (element) => !(isObject(element as JsonValue) && Object.hasOwn(element as object, "...")),
    );
    return shown.map((element) => fieldValue(t, { path: "", value: element as JsonValue })).join(", ");
  }
  if (isQuantity(value)) return `${value.value} ${UNITS.get(value.unit) ?? value.unit}`;
  if (isObject(value)) return JSON.stringify(value);
  const text = String(value);
  if (path === "kind") return t(`dataRecords/kind/${text}`, text);
  return NAMED.has(path) ? t(`item/${path.replace("model.", "")}/${text}`, text) : text;
}
