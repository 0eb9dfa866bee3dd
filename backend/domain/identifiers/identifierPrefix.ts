import type { Uid } from "../types.ts";
import { type ParsedUid, parseUid } from "./uid.ts";

/** A range of identifiers that a participant may mint under, as its record states it. */
export interface IdentifierPrefix {
  readonly scheme: ParsedUid["scheme"];
  readonly prefix: string;
}

/**
 * What a prefix must look like to mean anything. Each is narrow enough that it cannot stand for a whole scheme: `urn:`
 * or `https://` would let one participant mint everybody's identifiers.
 */
const FORMS: Readonly<Record<IdentifierPrefix["scheme"], RegExp>> = {
  gs1: /^\d{4,12}$/,
  gbt34014: /^[A-Z0-9]{3}$/,
  urn: /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9](?::\S*)?$/,
  did: /^did:[a-z0-9]+:\S+$/,
  iec61406: /^https:\/\/[a-z0-9.-]+(?::\d+)?(?:[/?]\S*)?$/,
};

/** After a string prefix the identifier must go on with one of these, or `…/acme` would cover `…/acme-rival`. */
const DELIMITERS: Readonly<Record<"urn" | "did" | "iec61406", string>> = { urn: ":/", did: ":", iec61406: "/?&=" };

/** True when the prefix has its scheme's form, in normalised spelling. Others match nothing. */
export function isIdentifierPrefix(candidate: { scheme: string; prefix: string }): candidate is IdentifierPrefix {
  return Object.hasOwn(FORMS, candidate.scheme) && FORMS[candidate.scheme as keyof typeof FORMS].test(candidate.prefix);
}

/** True when one of the prefixes covers the identifier. No prefix covers nothing. */
export function uidMatchesPrefixes(uid: Uid, prefixes: readonly IdentifierPrefix[]): boolean {
  const parsed = parseUid(uid);
  return prefixes.some((candidate) => isIdentifierPrefix(candidate) && covers(candidate, parsed));
}

function covers({ scheme, prefix }: IdentifierPrefix, parsed: ParsedUid): boolean {
  if (scheme !== parsed.scheme) return false;
  switch (parsed.scheme) {
    case "gs1":
      // The first of the 14 digits is the packaging indicator, not part of the company prefix.
      return parsed.parts.gtin.slice(1).startsWith(prefix);
    case "gbt34014":
      return parsed.parts.manufacturer === prefix;
    case "urn":
    case "did":
    case "iec61406":
      return startsAtDelimiter(parsed.uid, prefix, DELIMITERS[parsed.scheme]);
  }
}

function startsAtDelimiter(uid: string, prefix: string, delimiters: string): boolean {
  if (!uid.startsWith(prefix)) return false;
  const next = uid[prefix.length];
  return next === undefined || delimiters.includes(next) || delimiters.includes(prefix.at(-1) ?? " ");
}
