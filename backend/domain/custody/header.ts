import { DomainError } from "../errors.ts";
import type { Hash } from "../types.ts";
import { CUSTODY_KINDS, type CustodyHeader, type CustodyKind } from "./events.ts";

/**
 * The packed header word, big-endian so that its hex can be read:
 * kind 8 | actor 24 | counterparty 24 | occurredAt 40 | deadline 40 | reserved 104, zero | firstSignatureLength 16.
 * The last field only splits the joined signatures in calldata and logs; it is no part of an event's identity.
 */
export function encodeHeader(header: CustodyHeader, firstSignatureLength = 0): Hash {
  const digits = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
  return `0x${digits(CUSTODY_KINDS.indexOf(header.kind), 1)}${digits(header.actor, 3)}${digits(
    header.counterparty,
    3,
  )}${digits(header.occurredAt, 5)}${digits(header.deadline, 5)}${"00".repeat(13)}${digits(
    firstSignatureLength,
    2,
  )}` as Hash;
}

/** The inverse; throws `header-malformed` for an unknown kind or reserved bits that are not zero. */
export function decodeHeader(word: Hash): CustodyHeader & { readonly firstSignatureLength: number } {
  const field = (from: number, bytes: number): number =>
    Number.parseInt(word.slice(2 + 2 * from, 2 + 2 * (from + bytes)), 16);
  const kind = CUSTODY_KINDS[field(0, 1)];
  if (kind === undefined || kind === "none" || word.slice(36, 62) !== "0".repeat(26)) {
    throw new DomainError("header-malformed", "The header word has an unknown kind or reserved bits.", { word });
  }
  return {
    kind: kind satisfies CustodyKind,
    actor: field(1, 3),
    counterparty: field(4, 3),
    occurredAt: field(7, 5),
    deadline: field(12, 5),
    firstSignatureLength: field(30, 2),
  };
}
