import type { SignedCustodyEvent } from "../custody/events.ts";
import { isCreated } from "../custody/hashEvent.ts";
import type { Proposal } from "../participants/proposals.ts";

/** Most gas that one transaction may have (EIP-7825). */
export const TRANSACTION_GAS_CAP = 16_777_216;

/** Intrinsic gas, and what must be left for the contract's guard around ERC-1271 calls. */
export const SUBMISSION_BASE_GAS = 200_000;

// Measured on the contract with a margin of about a half. A limit costs nothing; one that is too low costs the batch.
const EVENT_GAS = 14_000;
const CREATED_ITEM_GAS = 40_000;
const MOVED_ITEM_GAS = 17_000;
const ECDSA_GAS = 14_000;
const ERC1271_GAS = 80_000;
const ECDSA_BYTES = 65;

const byteLength = (hex: string): number => (hex.length - 2) / 2;

/** Long signatures are contract wallets'; a quorum's are many short ones joined. Either way bytes bound the work. */
function signatureGas(bytes: number): number {
  if (bytes === 0) return 0;
  return bytes === ECDSA_BYTES ? ECDSA_GAS : ERC1271_GAS + ECDSA_GAS * Math.ceil(bytes / ECDSA_BYTES);
}

/**
 * Upper bound of the gas that an event takes within a submission. By formula, never by asking the node: it cannot
 * estimate a call that builds on transactions which are not mined yet.
 */
export function gasOfEvent(event: SignedCustodyEvent): number {
  const items = event.items.reduce(
    (sum, item) => sum + (isCreated(event.kind, item) ? CREATED_ITEM_GAS : MOVED_ITEM_GAS),
    0,
  );
  const signatures = [event.actorSignature, event.counterpartySignature].map((signature) => byteLength(signature));
  return EVENT_GAS + items + signatures.reduce((sum, bytes) => sum + signatureGas(bytes), 0);
}

const HOLD_ORDER_GAS = 120_000;

/** Upper bound of the gas of a hold or release with signatures of that many bytes in all. */
export const gasOfHoldOrder = (signatureBytes: number): number => HOLD_ORDER_GAS + signatureGas(signatureBytes);

/** Upper bound of the gas of an anchor that a key signed; how many records it has does not matter. */
export const ANCHOR_GAS = 80_000;

const PROPOSAL_GAS = 400_000;
const GOVERNOR_GAS = 30_000;

/** Upper bound of the gas of executing a proposal with that many approvals. */
export function gasOfProposal(proposal: Proposal, approvals: number): number {
  const governors = proposal.kind === "governor-change" ? proposal.governors.length : 0;
  return PROPOSAL_GAS + ECDSA_GAS * approvals + GOVERNOR_GAS * governors;
}
