import type { Hash, Hex, PassportId } from "../types.ts";
import type { EvidenceStep } from "./bundle.ts";

type EventFields = { readonly header: Hash; readonly blockHash: Hash; readonly signatures: Hex };
type Listing = { readonly passportId: PassportId; readonly items: EvidenceStep["items"] };

/**
 * Which history of a bundle lists the items of a transformation. Every product and every input of one shows the same
 * items; only the first history that begins with it has them, and every later step names that history instead. A pack of
 * 200 cells would otherwise be told 200 times.
 */
export type SharedItems = {
  /** The history that lists this step's items already; undefined where the step lists them itself. */
  find(step: EventFields): Listing | undefined;
  /** Notes the first step of a history, in the order of the bundle. */
  note(passportId: PassportId, firstStep: EventFields & Pick<EvidenceStep, "items">): void;
};

/** The header's first byte, see {@link encodeHeader}. */
const TRANSFORMATION = "0x04";

export function createSharedItems(): SharedItems {
  const listings = new Map<string, Listing>();
  const nameOf = ({ header, blockHash, signatures }: EventFields) => `${header} ${blockHash} ${signatures}`;
  return {
    find: (step) => (step.header.startsWith(TRANSFORMATION) ? listings.get(nameOf(step)) : undefined),
    note(passportId, step) {
      if (!step.header.startsWith(TRANSFORMATION) || listings.has(nameOf(step))) return;
      listings.set(nameOf(step), { passportId, items: step.items });
    },
  };
}
