import { DomainError } from "../../domain/errors.ts";
import { parseSingularQuery, valueAt } from "../../domain/records/singularQuery.ts";
import type { JsonObject } from "../../domain/types.ts";
import { type DocumentForm, dataElement } from "./dppDocument.ts";

/**
 * One element of a passport document by its path, such as `$.model.ratedCapacity.value` (RFC 9535, a path that names
 * one place).
 * @param document the compressed representation
 * @throws DomainError `json-path-malformed`, `json-path-not-singular`, `element-unknown`
 */
export function readElement(document: JsonObject, path: string, form: DocumentForm): JsonObject {
  const steps = parseSingularQuery(path);
  const value = valueAt(document, steps);
  if (value === undefined) {
    throw new DomainError("element-unknown", "The passport has no public element at this path.", { path });
  }
  return dataElement(steps, value, form);
}
