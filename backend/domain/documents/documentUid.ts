import { DomainError } from "../errors.ts";
import { parseUid } from "../identifiers/uid.ts";
import type { JsonObject, Uid } from "../types.ts";
import { submodels, valueAt } from "./placeFields.ts";
import type { ValidDocument } from "./readDocument.ts";

/**
 * Where a model says which battery it speaks of, the best first. What stands on the battery itself counts before the
 * identifier of the passport, which its format makes a URN; a maker's bare serial number is unique to no reader.
 */
const IDENTIFIERS: Readonly<Record<string, readonly string[]>> = {
  "catena-x/battery_pass/6.1.0": [
    "identification.idDmc",
    "identification.identification.serial[0].value",
    "metadata.passportIdentifier",
  ],
  "batterypass/1.2/GeneralProductInformation": ["productIdentifier", "batteryPassportIdentifier"],
};

/**
 * The uid that documents give their battery: the first identifier, in the order above, that follows a scheme of ours
 * and names one item (GS1 Digital Link with serial, GB/T 34014, link, DID, URN; a bare UUID becomes `urn:uuid:`).
 * Throws `document-without-identifier`, and `document-identifiers-differ` when two documents name two batteries.
 */
export function documentUid(documents: readonly ValidDocument[]): Uid {
  const uids = documents.flatMap(submodels).flatMap(([model, document]) => uidOf(model, document) ?? []);
  const [uid, ...others] = new Set(uids);
  if (uid === undefined) {
    const sentence = "No document says by a known scheme which battery it is about; name its uid.";
    throw new DomainError("document-without-identifier", sentence, { models: documents.map(({ model }) => model) });
  }
  if (others.length === 0) return uid;
  const sentence = "The documents name different batteries; name the uid of the one they are about.";
  throw new DomainError("document-identifiers-differ", sentence, { uids: [uid, ...others] });
}

function uidOf(model: string, document: JsonObject): Uid | undefined {
  for (const path of IDENTIFIERS[model] ?? []) {
    const raw = valueAt(document, path);
    const uid = typeof raw === "string" ? itemUid(raw) : undefined;
    if (uid !== undefined) return uid;
  }
  return undefined;
}

function itemUid(raw: string): Uid | undefined {
  const text = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(raw) ? `urn:uuid:${raw}` : raw;
  try {
    const parsed = parseUid(text);
    return parsed.granularity === "item" ? parsed.uid : undefined;
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
