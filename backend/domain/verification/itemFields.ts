import { DomainError } from "../errors.ts";
import { reveal } from "../records/disclosures.ts";
import { namedModel, withModel } from "../records/namedModel.ts";
import type { JsonObject } from "../types.ts";
import { type EvidenceBundle, parseBundle } from "./bundle.ts";

type Shown = { readonly record: JsonObject | null; readonly disclosures: readonly string[] };

/** What a record says in clear, and what the evidence discloses of it. */
export function knownFields({ record, disclosures }: Shown = { record: null, disclosures: [] }): JsonObject {
  try {
    return record === null ? {} : reveal(record, disclosures).value;
  } catch (error) {
    if (error instanceof DomainError) return record ?? {}; // the report says why
    throw error;
  }
}

/**
 * What a bundle says of the item itself: the fields of its first record, with those of its model as its own. They are
 * what was signed only if the bundle was verified.
 */
export function itemFields({ histories, models }: Pick<EvidenceBundle, "histories" | "models">): JsonObject {
  const first = histories[0]?.steps[0];
  const named = namedModel(first?.record ?? null);
  const model = named === undefined ? undefined : models.find(({ recordHash }) => recordHash === named);
  return withModel(knownFields(first), model === undefined ? null : knownFields(model));
}

/** The same from a bundle's bytes; empty for what cannot be read. */
export function itemFieldsOf(unverifiedBundle: Uint8Array): JsonObject {
  try {
    return itemFields(parseBundle(unverifiedBundle));
  } catch (error) {
    if (error instanceof DomainError) return {};
    throw error;
  }
}
