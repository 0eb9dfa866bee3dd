import type { Address, Hash, Head, PassportId, UnixTime } from "../types.ts";
import type { TrustRoot } from "./trustRoot.ts";

/** The checks, in the order in which the report lists them. */
export const CHECKS = [
  "format",
  "trust-root",
  "identifier",
  "issuer",
  "participants",
  "history",
  "currency",
  "inclusion",
  "signatures",
  "custody-rules",
  "records",
  "disclosures",
  "data-records",
  "lineage",
] as const;
export type CheckId = (typeof CHECKS)[number];

export type CheckStatus = "passed" | "failed" | "unavailable" | "pending";

/** What was held against what: for people who want to look closer. */
export type Comparison = { readonly what: string; readonly expected: string; readonly found: string };

export type CheckLine = {
  readonly check: CheckId;
  readonly status: CheckStatus;
  /** Stable name of the reason: what a page translates. */
  readonly code: string;
  /** One English sentence: what holds, or what does not. */
  readonly reason: string;
  /** The values in that sentence, by name. */
  readonly values: Readonly<Record<string, string | number>>;
  readonly compared: readonly Comparison[];
};

export type Verdict = "verified" | "failed" | "unavailable" | "pending";

export type VerificationReport = {
  readonly verdict: Verdict;
  readonly passportId: PassportId | null;
  readonly uid: string | null;
  /** The head that the chain holds, where it could be asked. */
  readonly head: Head | null;
  readonly block: { readonly number: number; readonly hash: Hash; readonly time: number; readonly tag: string } | null;
  readonly rpcs: readonly string[];
  readonly trustRoot: TrustRoot;
  /** Set when the quorum pointed to a successor contract: shown, never followed by itself. */
  readonly successor: Address | null;
  /** A regulator has stopped the passport from moving, up to and with this second; null where nothing stops it. */
  readonly heldUntil: UnixTime | null;
  /** Custody events in the bundle that are not final yet. */
  readonly pendingEvents: number;
  readonly checks: readonly CheckLine[];
};

/** failed beats unavailable beats pending; verified only if every check passed. */
export function verdictOf(checks: readonly CheckLine[]): Verdict {
  for (const status of ["failed", "unavailable", "pending"] as const) {
    if (checks.some((line) => line.status === status)) return status;
  }
  return "verified";
}
