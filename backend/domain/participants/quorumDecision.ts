import type { CustodyEvent } from "../custody/events.ts";
import { eventDigest } from "../custody/hashEvent.ts";
import { holdOrderDigest, type Release } from "../custody/holds.ts";
import type { Hash } from "../types.ts";
import { type Proposal, proposalDigest } from "./proposals.ts";

/** The quorum moves custody to a receiver, who must sign too; the actor is nobody. */
export type Reassignment = CustodyEvent & { readonly kind: "reassignment" };
/** What the quorum orders about passports; unlike a proposal it leaves the registry's head alone. */
export type QuorumOrder = Release | Reassignment;
/** Everything that governors sign. */
export type QuorumDecision = Proposal | QuorumOrder;

export const isQuorumOrder = (decision: QuorumDecision): decision is QuorumOrder =>
  decision.kind === "release" || decision.kind === "reassignment";

/** EIP-712 digest of a decision: its identity, and what governors sign. */
export function decisionDigest(separator: Uint8Array, decision: QuorumDecision): Hash {
  if (decision.kind === "release") return holdOrderDigest(separator, decision);
  return decision.kind === "reassignment" ? eventDigest(separator, decision) : proposalDigest(separator, decision);
}
