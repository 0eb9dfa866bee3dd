import { DomainError } from "../errors.ts";
import type { Uid } from "../types.ts";
import { type BatteryCode, decodeBatteryCode } from "./batteryCode.ts";
import { CANONICAL_HOST, type Gs1DigitalLink, parseGs1DigitalLink } from "./gs1DigitalLink.ts";
import { digitalLinkPathOf } from "./gs1ElementString.ts";
import { parseHttpLink } from "./httpLink.ts";
import { normalisePercent } from "./percentEncoding.ts";

/** A unique identifier, by the scheme it follows. `uid` is its one normalised spelling. */
export type ParsedUid =
  | Gs1DigitalLink
  | { readonly scheme: "gbt34014"; readonly uid: Uid; readonly granularity: "item"; readonly parts: BatteryCode }
  | {
      readonly scheme: "urn";
      readonly uid: Uid;
      readonly granularity: "item";
      readonly parts: { readonly namespace: string; readonly specific: string };
    }
  | {
      readonly scheme: "did";
      readonly uid: Uid;
      readonly granularity: "item";
      readonly parts: { readonly method: string; readonly specific: string };
    }
  | {
      readonly scheme: "iec61406";
      readonly uid: Uid;
      readonly granularity: "item";
      readonly parts: { readonly host: string; readonly path: string; readonly query: string };
    };

/** No scheme needs more, and an identifier travels in QR codes, URLs and log lines. */
const MAX_LENGTH = 512;

/** RFC 8141, 2: namespace id, then the specific string; `?+`, `?=` and `#` components do not identify. */
const URN = /^urn:([a-z0-9][a-z0-9-]{0,30}[a-z0-9]):((?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%..)+)(?:\?[+=].*)?(?:#.*)?$/i;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** W3C DID 1.0, 3.1: a DID itself, no DID URL. The method's own part is compared exactly. */
const DID = /^did:([a-z0-9]+):((?:(?:[A-Za-z0-9._-]|%..)*:)*(?:[A-Za-z0-9._-]|%..)+)$/;

/**
 * Reads a unique identifier: a GS1 Digital Link or the same as a GS1 element string, another https link (IEC 61406), a
 * URN, a DID or a GB/T 34014 code.
 * Two spellings that a scheme calls equal give the same `uid`; whatever merely looks alike is refused, never folded.
 * Throws `uid-non-ascii`, `uid-malformed`, `gtin-check-digit`, `gbt-code-invalid`, `gbt-code-date-invalid`.
 */
export function parseUid(raw: string): ParsedUid {
  if (raw.length > MAX_LENGTH) throw malformed(raw.slice(0, MAX_LENGTH));
  if (!/^[\x20-\x7e]*$/.test(raw)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
    if (/^[\x00-\x7f]*$/.test(raw)) throw malformed(raw);
    throw new DomainError("uid-non-ascii", "An identifier is ASCII only; similar letters are not accepted.", {
      uid: raw,
    });
  }
  if (/^https?:/i.test(raw)) return parseLink(raw);
  if (/^urn:/i.test(raw)) return parseUrn(raw);
  if (/^did:/i.test(raw)) return parseDid(raw);
  const elementPath = digitalLinkPathOf(raw);
  const element = elementPath === undefined ? undefined : parseGs1DigitalLink(CANONICAL_HOST, elementPath);
  if (element !== undefined) return element;
  if (!/^[A-Za-z0-9]+$/.test(raw)) throw malformed(raw);
  const parts = decodeBatteryCode(raw);
  return { scheme: "gbt34014", uid: parts.code as Uid, granularity: "item", parts };
}

/** The one spelling of an identifier, from which passport ids derive. Throws as `parseUid` does. */
export function normaliseUid(raw: string): Uid {
  return parseUid(raw).uid;
}

function parseLink(raw: string): ParsedUid {
  const link = parseHttpLink(raw);
  if (!link) throw malformed(raw);
  // Before the scheme is recognised: an escaped digit must not hide a GS1 Digital Link.
  const path = normalisePercent(link.path, true);
  const query = normalisePercent(link.query, true);
  const digitalLink = parseGs1DigitalLink(link.host, path);
  if (digitalLink) return digitalLink;
  // A bare host identifies a firm's website, not a battery; plain http would let anybody on the way answer for it.
  if (!link.secure || (path.replaceAll("/", "") === "" && query === "")) throw malformed(raw);
  const uid = `https://${link.host}${path === "" ? "/" : path}${query === "" ? "" : `?${query}`}` as Uid;
  return { scheme: "iec61406", uid, granularity: "item", parts: { host: link.host, path, query } };
}

function parseUrn(raw: string): ParsedUid {
  const match = URN.exec(raw);
  const namespace = match?.[1]?.toLowerCase();
  const nss = match?.[2];
  if (namespace === undefined || nss === undefined || nss.startsWith("/")) throw malformed(raw);
  // RFC 9562, 4: a UUID is read in either case and written in lower case.
  const specific = namespace === "uuid" ? nss.toLowerCase() : normalisePercent(nss, false);
  if (namespace === "uuid" && !UUID.test(specific)) throw malformed(raw);
  const uid = `urn:${namespace}:${specific}` as Uid;
  return { scheme: "urn", uid, granularity: "item", parts: { namespace, specific } };
}

function parseDid(raw: string): ParsedUid {
  const [, method, rawSpecific] = DID.exec(raw) ?? [];
  if (method === undefined || rawSpecific === undefined) throw malformed(raw);
  const specific = normalisePercent(rawSpecific, false);
  return { scheme: "did", uid: `did:${method}:${specific}` as Uid, granularity: "item", parts: { method, specific } };
}

function malformed(uid: string): DomainError {
  const sentence =
    "The text follows no identifier scheme known here: GS1 Digital Link, https link, URN, DID, GB/T 34014.";
  return new DomainError("uid-malformed", sentence, { uid });
}
