import { DomainError } from "../domain/errors.ts";

/** A page of a list; `nextCursor` is absent at the end. */
export type Page<T> = { readonly entries: readonly T[]; readonly nextCursor?: string };

/** Where a list goes on, as text that a caller hands back unread. */
export function encodeCursor(key: string | number): string {
  return Buffer.from(JSON.stringify(key), "utf8").toString("base64url");
}

/**
 * Reads what `encodeCursor` wrote: a key that matches the pattern. Anything else is `cursor-malformed`; a cursor that
 * was tampered with can still only name another place in the same public list.
 */
export function decodeCursor(cursor: string, pattern: RegExp): string {
  try {
    const text = Buffer.from(cursor, "base64url").toString("utf8");
    const key: unknown = JSON.parse(text);
    const same = Buffer.from(text, "utf8").toString("base64url") === cursor;
    if (same && (typeof key === "string" || typeof key === "number") && pattern.test(String(key))) return String(key);
  } catch {
    // not JSON: the same answer
  }
  throw new DomainError("cursor-malformed", "The cursor was not given by this list.", {});
}

/** Cuts a list that was read one entry too long, and says where it goes on. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string | number): Page<T> {
  const entries = rows.slice(0, limit);
  const last = entries.at(-1);
  return rows.length > limit && last !== undefined ? { entries, nextCursor: encodeCursor(keyOf(last)) } : { entries };
}

export const HASH_KEY = /^0x[0-9a-f]{64}$/;
export const PASSPORT_KEY = /^0x[0-9a-f]{40}$/;
export const NUMBER_KEY = /^\d{1,15}$/;
