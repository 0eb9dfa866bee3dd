import { ZERO_HASH } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { Address, Hash, ParticipantId } from "../types.ts";
import type { Proposal } from "./proposals.ts";
import { ROLES } from "./roles.ts";

/** A participant as the registry has it now. */
export type Registered = {
  readonly account: Address;
  readonly signer: Address;
  readonly roles: number;
  readonly active: boolean;
  readonly recordHash: Hash;
};

/** What a proposal is held against: who was admitted, and whether the contract has a successor already. */
export type RegistryView = {
  readonly participants: ReadonlyMap<ParticipantId, Registered>;
  readonly successor: Address | null;
};

const MIN_THRESHOLD = 2;
const MAX_GOVERNORS = 20;
const ALL_ROLES = 2 ** ROLES.length - 1;
const NOBODY = `0x${"0".repeat(40)}`;

/**
 * Why the contract would revert a proposal that comes on the present registry head, in time and signed; null where it
 * would not. Its rules one by one (ParticipantRegistry.execute, GovernorQuorum._setGovernors), under their own codes:
 * `governors-invalid`, `successor-already-set`, `participant-exists`, `participant-not-found`,
 * `participant-already-suspended`, `participant-not-suspended`, `proposal-roles-unknown`, `proposal-address-zero`.
 */
export function judgeProposal(proposal: Proposal, { participants, successor }: RegistryView): DomainError | null {
  switch (proposal.kind) {
    case "governor-change":
      return judgeGovernors(proposal);
    case "succession":
      if (successor !== null) return refusal("successor-already-set", "The contract has a successor.", { successor });
      return proposal.successor === NOBODY ? addressZero("successor") : null;
    case "admission":
      if (participants.has(proposal.participantId)) {
        return refusal("participant-exists", `Participant ${proposal.participantId} was admitted already.`, {
          participantId: proposal.participantId,
        });
      }
      if (proposal.account === NOBODY) return addressZero("account");
      return judgeRoles(proposal.roles) ?? (proposal.signer === NOBODY ? addressZero("signer") : null);
  }
  const { participantId } = proposal;
  const registered = participants.get(participantId);
  if (registered === undefined) {
    return refusal("participant-not-found", `Participant ${participantId} was never admitted.`, { participantId });
  }
  switch (proposal.kind) {
    case "role-change":
      return judgeRoles(proposal.roles);
    case "suspension":
      if (registered.active) return null;
      return refusal("participant-already-suspended", `Participant ${participantId} is suspended.`, { participantId });
    case "reinstatement":
      if (!registered.active) return null;
      return refusal("participant-not-suspended", `Participant ${participantId} is not suspended.`, { participantId });
    case "signer-rotation":
      return proposal.signer === NOBODY ? addressZero("signer") : null;
    case "account-change":
      return null;
  }
}

/**
 * Whether a proposal asks a participant to become what it is. The contract would execute it; whoever signs it has most
 * likely named the wrong key or firm. A change of governors to the same ones is left to them: it is how they put an end
 * to proposals that were signed on the present head.
 */
export function changesNothing(proposal: Proposal, { participants }: RegistryView): boolean {
  const registered = "participantId" in proposal ? participants.get(proposal.participantId) : undefined;
  if (registered === undefined) return false;
  if (proposal.kind === "signer-rotation") return proposal.signer === registered.signer;
  if (proposal.kind === "account-change") return proposal.account === registered.account;
  if (proposal.kind !== "role-change" || proposal.roles !== registered.roles) return false;
  return proposal.recordHash === ZERO_HASH || proposal.recordHash === registered.recordHash;
}

/** Throws what `judgeProposal` finds, or `proposal-changes-nothing`. */
export function requireExecutable(proposal: Proposal, view: RegistryView): void {
  const reason = judgeProposal(proposal, view);
  if (reason !== null) throw reason;
  if (changesNothing(proposal, view)) {
    throw refusal("proposal-changes-nothing", "The participant is already what the proposal would make it.", {
      kind: proposal.kind,
    });
  }
}

/** Strictly ascending from zero, so that none is named twice, and enough of them for the threshold. */
function judgeGovernors({
  governors,
  threshold,
}: {
  readonly governors: readonly Address[];
  readonly threshold: number;
}) {
  const ascending = governors.every((governor, i) => (governors[i - 1] ?? NOBODY) < governor);
  const enough = threshold >= MIN_THRESHOLD && threshold <= governors.length && governors.length <= MAX_GOVERNORS;
  if (ascending && enough) return null;
  const sentence =
    "Governors are up to 20 different addresses in ascending order, and the threshold is 2 or more of them.";
  return refusal("governors-invalid", sentence, { governors, threshold });
}

function judgeRoles(roles: number): DomainError | null {
  if ((roles & ~ALL_ROLES) === 0) return null;
  return refusal("proposal-roles-unknown", "The bitmap of roles has bits that are no role.", { roles });
}

const addressZero = (field: string): DomainError =>
  refusal("proposal-address-zero", `The proposal's ${field} is the zero address, which nobody holds.`, { field });

const refusal = (code: string, sentence: string, details: Record<string, unknown>): DomainError =>
  new DomainError(code, sentence, details);
