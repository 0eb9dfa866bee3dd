import { parseAddress, parseHash } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Address, Hash, JsonObject, JsonValue } from "../types.ts";

// Readers of a bundle's values: each gives the value or throws `bundle-malformed` with the field's path.

export const malformed = (field: string, rule: string) =>
  new DomainError("bundle-malformed", `${field} ${rule}.`, { field });

/** The object's values, if it has exactly these names. */
export function exactly<Name extends string>(
  value: JsonValue | undefined,
  names: readonly Name[],
  field: string,
): { readonly [name in Name]: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(field, "must be an object");
  const found = Object.keys(value);
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) {
    throw malformed(field, `must have exactly the fields ${names.join(", ")}`);
  }
  return value as { readonly [name in Name]: JsonValue };
}

export function list<T>(
  value: JsonValue,
  field: string,
  max: number,
  parse: (item: JsonValue, field: string) => T,
): T[] {
  if (!Array.isArray(value) || value.length > max) throw malformed(field, `must be a list of at most ${max}`);
  return value.map((item, i) => parse(item as JsonValue, `${field}[${i}]`));
}

export function whole(value: JsonValue, field: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > max) {
    throw malformed(field, "must be a whole number in range");
  }
  return value;
}

export function text(value: JsonValue, field: string): string {
  if (typeof value !== "string") throw malformed(field, "must be a text");
  return value;
}

export function flag(value: JsonValue, field: string): boolean {
  if (typeof value !== "boolean") throw malformed(field, "must be true or false");
  return value;
}

export function jsonObject(value: JsonValue, field: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(field, "must be an object");
  return value as JsonObject;
}

/** Hex in a bundle is lower case: upper case would be a changed byte that means the same. */
export function lower<T extends string>(parsed: T, value: JsonValue, field: string): T {
  if (parsed !== value) throw malformed(field, "must be lower-case hex");
  return parsed;
}

export const hash = (value: JsonValue, field: string): Hash => lower(parseHash(value, field), value, field);
export const address = (value: JsonValue, field: string): Address => lower(parseAddress(value, field), value, field);
