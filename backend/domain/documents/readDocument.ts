import { DomainError } from "../errors.ts";
import type { FieldProblem } from "../records/checkRecordFields.ts";
import { parseJsonStrict } from "../records/jsonText.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { checkShape } from "./checkShape.ts";
import { decodeDocument } from "./decodeDocument.ts";
import { DOCUMENT_MODELS, type DocumentModel, recogniseModel } from "./models.ts";

/** A partner's document, read and judged. */
export interface ReadDocument {
  readonly model: DocumentModel;
  readonly value: JsonValue;
  /** The document token by token, without the space between: numbers keep the digits their author wrote. */
  readonly text: string;
  /** Everything that breaks the model's rules; empty for a valid document. */
  readonly problems: readonly FieldProblem[];
}

/** A document without the problems of one. */
export interface ValidDocument {
  readonly model: DocumentModel;
  readonly value: JsonObject;
  readonly text: string;
}

/**
 * Reads a document of any encoding and model known here. Throws the codes of `decodeDocument`, `parseJsonStrict` and
 * `recogniseModel`; what breaks the model's rules stands in `problems`.
 */
export function readDocument(bytes: Uint8Array): ReadDocument {
  const text = decodeDocument(bytes);
  const value = parseJsonStrict(text);
  const model = recogniseModel(value);
  return { model, value, text: withoutSpace(text), problems: checkShape(DOCUMENT_MODELS[model], value) };
}

/** Throws `document-invalid` with the model and every problem (JSONPath and rule) unless there is none. */
export function requireValid({ model, value, text, problems }: ReadDocument): ValidDocument {
  if (problems.length === 0) return { model, value: value as JsonObject, text };
  const named = problems.slice(0, 5).map(({ path, rule, message }) => `${path} breaks ${rule}: ${message}`);
  const more = problems.length > named.length ? ` (and ${problems.length - named.length} more)` : "";
  throw new DomainError("document-invalid", `The document is no valid ${model}. ${named.join(" ")}${more}`, {
    model,
    problems,
  });
}

/** Removes white space between the tokens of valid JSON, and nothing inside strings. */
function withoutSpace(json: string): string {
  return json.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\n\r]+/g, (_, string: string | undefined) => string ?? "");
}
