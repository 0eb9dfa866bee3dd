import { DomainError } from "../errors.ts";
import type { Uid } from "../types.ts";
import { normaliseGtin } from "./gtin.ts";
import { decodePercent, encodePercent } from "./percentEncoding.ts";

/** What a GS1 Digital Link says: model by GTIN alone, batch by lot, item by serial. */
export interface Gs1DigitalLink {
  readonly scheme: "gs1";
  readonly uid: Uid;
  readonly granularity: "model" | "batch" | "item";
  readonly parts: { readonly gtin: string; readonly lot?: string; readonly serial?: string };
}

/** Where a link belongs that says nothing of its resolver. */
export const CANONICAL_HOST = "id.gs1.org";
/**
 * GTIN (01) of one of its lengths (on another resolver's host `/01/` alone is a common path), then consumer product
 * variant (22), lot (10) and serial (21). The standard has them in this order, printed links do not all keep to it, and
 * one that went for another kind of link would give the same battery a second uid.
 */
const KEY_AND_QUALIFIERS = /\/01\/(\d{8}|\d{12,14})((?:\/(?:22|10|21)\/[^/]+)*)\/?$/;
const QUALIFIER = /\/(22|10|21)\/([^/]+)/g;
/** GS1 AI encodable character set 82 (GS1 General Specifications, figure 7.11-1), 1 to 20 characters. */
const CHARACTER_SET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;

/**
 * Reads a web link as a GS1 Digital Link (URI syntax 1.2, uncompressed); undefined when it is not one, which on
 * id.gs1.org itself is an error. Every resolver's link of one item becomes `https://id.gs1.org/01/{14}/21/{serial}`:
 * GTIN and serial identify it, so a lot beside a serial, a variant and the query are left out of the uid.
 * Throws `uid-malformed`, `uid-non-ascii`, `gtin-check-digit`.
 */
export function parseGs1DigitalLink(host: string, path: string): Gs1DigitalLink | undefined {
  const [, digits, tail = ""] = KEY_AND_QUALIFIERS.exec(path) ?? [];
  if (digits === undefined) {
    if (host !== CANONICAL_HOST) return undefined;
    throw new DomainError("uid-malformed", "The link is on id.gs1.org, but names no GTIN, lot or serial as GS1 does.", {
      path,
    });
  }
  const gtin = normaliseGtin(digits);
  const qualifiers = readQualifiers(tail);
  const [variant, lot, serial] = ["22", "10", "21"].map((key) => qualifiers.get(key));
  if (variant !== undefined && lot === undefined && serial === undefined) {
    throw new DomainError("uid-malformed", "A product variant alone identifies no battery.", { gtin, variant });
  }
  const model = `https://${CANONICAL_HOST}/01/${gtin}`;
  if (serial !== undefined) {
    const parts = lot === undefined ? { gtin, serial } : { gtin, lot, serial };
    return { scheme: "gs1", uid: `${model}/21/${encodePercent(serial)}` as Uid, granularity: "item", parts };
  }
  if (lot !== undefined) {
    return {
      scheme: "gs1",
      uid: `${model}/10/${encodePercent(lot)}` as Uid,
      granularity: "batch",
      parts: { gtin, lot },
    };
  }
  return { scheme: "gs1", uid: model as Uid, granularity: "model", parts: { gtin } };
}

function readQualifiers(tail: string): ReadonlyMap<string, string> {
  const qualifiers = new Map<string, string>();
  for (const [, key = "", encoded = ""] of tail.matchAll(QUALIFIER)) {
    if (qualifiers.has(key)) {
      throw new DomainError("uid-malformed", "The link gives a variant, lot or serial twice.", { path: tail });
    }
    qualifiers.set(key, readQualifier(encoded));
  }
  return qualifiers;
}

function readQualifier(encoded: string): string {
  const text = decodePercent(encoded);
  if (CHARACTER_SET_82.test(text)) return text;
  const sentence = "A serial, lot or variant has 1 to 20 characters of GS1's set of 82.";
  throw new DomainError("uid-malformed", sentence, { text });
}
