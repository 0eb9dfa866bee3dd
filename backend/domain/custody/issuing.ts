import { type IdentifierPrefix, uidMatchesPrefixes } from "../identifiers/identifierPrefix.ts";
import { hasAnyRole } from "../participants/roles.ts";
import type { Uid } from "../types.ts";

/**
 * How an issuer comes to mint a uid: under a prefix of its own, or as a registrar for an item that arrived without a
 * passport (visibly not by its producer), or not at all.
 */
export type Issuing = "own-prefix" | "registered-at-intake" | "outside-prefixes";

export function judgeIssuing(roles: number, prefixes: readonly IdentifierPrefix[], uid: Uid): Issuing {
  if (uidMatchesPrefixes(uid, prefixes)) return "own-prefix";
  return hasAnyRole(roles, ["REGISTRAR"]) ? "registered-at-intake" : "outside-prefixes";
}
