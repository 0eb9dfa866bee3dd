import { DomainError } from "../../domain/errors.ts";
import { parseJsonPath } from "../../domain/records/jsonPath.ts";
import type { JsonObject, JsonValue } from "../../domain/types.ts";
import { dataElement } from "./dppDocument.ts";

/**
 * One element of a passport document by its path, such as `$.model.ratedCapacity.value` (RFC 9535, a path that names
 * one place).
 * @param document the compressed representation
 * @throws DomainError `json-path-malformed`, `element-unknown`
 */
export function readElement(document: JsonObject, path: string, typed: boolean): JsonObject {
  const steps = parseJsonPath(path);
  let value: JsonValue = document;
  for (const step of steps) {
    const member: JsonValue | undefined =
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as { readonly [name: string | number]: JsonValue })[step]
        : undefined;
    if (member === undefined) {
      throw new DomainError("element-unknown", "The passport has no public element at this path.", { path });
    }
    value = member;
  }
  return dataElement(String(steps.at(-1) ?? "$"), value, typed);
}
