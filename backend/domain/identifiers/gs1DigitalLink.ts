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

const CANONICAL_HOST = "id.gs1.org";
/** GTIN (01), then consumer product variant (22), lot (10) and serial (21), each at most once and in this order. */
const KEY_AND_QUALIFIERS = /\/01\/(\d+)(?:\/22\/([^/]+))?(?:\/10\/([^/]+))?(?:\/21\/([^/]+))?\/?$/;
/** On another resolver's host only these lengths are taken for a GTIN: `/01/` alone is a common path. */
const GTIN_LENGTHS = [8, 12, 13, 14];
/** GS1 AI encodable character set 82 (GS1 General Specifications, figure 7.11-1), 1 to 20 characters. */
const CHARACTER_SET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;

/**
 * Reads a web link as a GS1 Digital Link (URI syntax 1.2, uncompressed); undefined when it is not one, which on
 * id.gs1.org itself is an error. Every resolver's link of one item becomes `https://id.gs1.org/01/{14}/21/{serial}`:
 * GTIN and serial identify it, so a lot beside a serial, a variant and the query are left out of the uid.
 * Throws `uid-malformed`, `uid-non-ascii`, `gtin-check-digit`.
 */
export function parseGs1DigitalLink(host: string, path: string): Gs1DigitalLink | undefined {
  const match = KEY_AND_QUALIFIERS.exec(path);
  const digits = match?.[1];
  if (!match || digits === undefined || !GTIN_LENGTHS.includes(digits.length)) {
    if (host !== CANONICAL_HOST) return undefined;
    throw new DomainError("uid-malformed", "The link is on id.gs1.org, but names no GTIN, lot or serial as GS1 does.", {
      path,
    });
  }
  const gtin = normaliseGtin(digits);
  const [variant, lot, serial] = match.slice(2).map((part) => part && readQualifier(part));
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

function readQualifier(encoded: string): string {
  const text = decodePercent(encoded);
  if (CHARACTER_SET_82.test(text)) return text;
  const sentence = "A serial, lot or variant has 1 to 20 characters of GS1's set of 82.";
  throw new DomainError("uid-malformed", sentence, { text });
}
