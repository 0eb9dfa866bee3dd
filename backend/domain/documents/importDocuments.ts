import { DomainError, withDetails } from "../errors.ts";
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

/** Half of what one disclosure in a submission may have: JSON text inside a JSON string can double. */
export const MAX_DOCUMENT_BYTES = 512 * 1024;

/**
 * Makes the fields of one mint record from a partner's documents, given as bytes in any encoding. `source` keeps every
 * document whole under its model's name, as JSON text: its numbers stay as written, and one disclosure opens it.
 * `uid` overrules what the documents say. Throws `document-invalid`, `document-too-large`, `document-repeated`,
 * `document-without-identifier`, `document-identifiers-differ`, and the codes of `readDocument` and `normaliseUid`;
 * `details.document` is the position of the one that is wrong.
 */
export function importDocuments(
  documents: readonly Uint8Array[],
  options: { readonly uid?: string } = {},
): ImportedDocuments {
  const read = documents.map((bytes, document) => withDetails({ document }, () => readValid(bytes)));
  requireDistinct(read);
  const uid = options.uid === undefined ? documentUid(read) : normaliseUid(options.uid);
  const { fields, notices } = placeFields(read);
  const source = Object.fromEntries(read.map(({ model, text }) => [model, text]));
  return { uid, fields: { ...fields, uid, source }, notices };
}

function readValid(bytes: Uint8Array): ValidDocument {
  if (bytes.length <= MAX_DOCUMENT_BYTES) return requireValid(readDocument(bytes));
  throw new DomainError("document-too-large", `A document has at most ${MAX_DOCUMENT_BYTES} bytes.`, {
    bytes: bytes.length,
    maxBytes: MAX_DOCUMENT_BYTES,
  });
}

function requireDistinct(documents: readonly ValidDocument[]): void {
  const seen = new Set<string>();
  for (const [model] of documents.flatMap(submodels)) {
    if (seen.has(model)) throw new DomainError("document-repeated", `There are two documents of ${model}.`, { model });
    seen.add(model);
  }
}
