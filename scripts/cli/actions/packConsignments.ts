import { MAX_ITEMS } from "../../../backend/domain/custody/events.ts";
import type { PreparedItem } from "./signEvent.ts";

/** Operators take 2 MiB a request by default; the event itself and JSON's punctuation need some of it. */
const MAX_RECORD_CHARACTERS = 1_500_000;

/** Splits items into consignments: ascending by passport id, at most 200 each, and small enough for one request. */
export function packConsignments<Item extends PreparedItem>(
  items: readonly Item[],
  maxCharacters = MAX_RECORD_CHARACTERS,
): Item[][] {
  const consignments: Item[][] = [];
  let current: Item[] = [];
  let characters = 0;
  for (const item of [...items].sort((a, b) => (a.passportId < b.passportId ? -1 : 1))) {
    const size = JSON.stringify({ record: item.record, disclosures: item.disclosures }).length;
    if (current.length > 0 && (current.length >= MAX_ITEMS || characters + size > maxCharacters)) {
      consignments.push(current);
      current = [];
      characters = 0;
    }
    current.push(item);
    characters += size;
  }
  return current.length === 0 ? consignments : [...consignments, current];
}
