import { DomainError } from "../errors.ts";
import { normaliseUid } from "../identifiers/uid.ts";
import type { JsonObject, Uid } from "../types.ts";
import { documentUid } from "./documentUid.ts";
import { type Notice, placeFields, submodels } from "./placeFields.ts";
import { readDocument, requireValid, type ValidDocument } from "./readDocument.ts";

export interface ImportedDocuments {
  readonly uid: Uid;
  /** All fields of a mint record but `subject`, which needs the issuer. */
  readonly fields: JsonObject;
  readonly notices: readonly Notice[];
}

/**
 * Makes the fields of one mint record from a partner's documents, given as bytes in any encoding. `source` keeps every
 * document whole under its model's name, as JSON text: its numbers stay as written, and one disclosure opens it.
 * `uid` overrules what the documents say. Throws `document-invalid`, `document-repeated`,
 * `document-without-identifier`, `document-identifiers-differ`, and the codes of `readDocument` and `normaliseUid`.
 */
export function importDocuments(
  documents: readonly Uint8Array[],
  options: { readonly uid?: string } = {},
): ImportedDocuments {
  const read = documents.map((bytes) => requireValid(readDocument(bytes)));
  requireDistinct(read);
  const uid = options.uid === undefined ? documentUid(read) : normaliseUid(options.uid);
  const { fields, notices } = placeFields(read);
  const source = Object.fromEntries(read.map(({ model, text }) => [model, text]));
  return { uid, fields: { ...fields, uid, source }, notices };
}

function requireDistinct(documents: readonly ValidDocument[]): void {
  const seen = new Set<string>();
  for (const [model] of documents.flatMap(submodels)) {
    if (seen.has(model)) throw new DomainError("document-repeated", `There are two documents of ${model}.`, { model });
    seen.add(model);
  }
}
