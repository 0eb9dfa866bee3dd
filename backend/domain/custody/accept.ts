import { DomainError } from "../errors.ts";
import type { Address, Hash, Head, ParticipantId, PassportId, UnixTime } from "../types.ts";
import { hasCounterparty, type Item, isDeclined, type SignedCustodyEvent } from "./events.ts";
import type { RejectionReason } from "./rejections.ts";
import { evolve, judgeForm, judgeItem, judgeParties, judgeTime, type Standing } from "./rules.ts";
import { NO_PASSPORT, type PassportState } from "./state.ts";

/** A signed event with all that follows from its bytes alone. */
export type Candidate = {
  readonly event: SignedCustodyEvent;
  readonly digest: Hash;
  /** The head of each item after the event, in item order. */
  readonly heads: readonly Head[];
  /** Who made each 65-byte part of the actor's signature: one signer, or for a reassignment the governors. */
  readonly actorSigners: readonly (Address | null)[];
  /** Who made the receiver's signature; null where there is none, or none that the contract would take. */
  readonly counterpartySigner: Address | null;
};

/** What an operator knows when it decides: the chain as followed, advanced by what it promised already. */
export type AcceptView = {
  readonly now: UnixTime;
  readonly participants: ReadonlyMap<ParticipantId, Standing & { readonly signer: Address }>;
  readonly governors: readonly Address[];
  readonly threshold: number;
  /** Passports that are absent do not exist. */
  readonly states: ReadonlyMap<PassportId, PassportState>;
};

/** What an accepted event does to one of its passports. */
export type AcceptedItem = {
  readonly position: number;
  readonly item: Item;
  /** The state after it; for a declined item the state before. */
  readonly after: PassportState;
  readonly declined: boolean;
};

/** A handover that only its giver signed, or a reassignment that only the quorum did: it waits for the receiver. */
export const isOffer = (event: SignedCustodyEvent): boolean =>
  hasCounterparty(event.kind) && event.counterpartySignature === "0x";

/**
 * Whether an operator may promise an event (or keep an offer), by the contract's rules and the state it knows. All items
 * that are not declined must be takeable: half a consignment is never accepted.
 * @returns what the event does to each item, in order
 * @throws DomainError `participant-unknown`, `participant-suspended`, `signature-wrong`, or the contract's rejection
 *   reason; for items with the list of those that cannot be taken
 */
export function decideAcceptance(candidate: Candidate, view: AcceptView): AcceptedItem[] {
  const { event } = candidate;
  refuse(judgeForm(event, event.declined), "The event breaks a rule about its form", { kind: event.kind });
  refuse(judgeTime(event, view.now), "The event's times cannot be taken now", {
    now: view.now,
    occurredAt: event.occurredAt,
    deadline: event.deadline,
  });
  requireParties(candidate, view);
  requireSignatures(candidate, view);
  return requireItems(candidate, view);
}

function refuse(reason: RejectionReason | null, sentence: string, details: Record<string, unknown>): void {
  if (reason !== null) throw new DomainError(reason, `${sentence}: ${reason}.`, details);
}

function requireParties({ event }: Candidate, { participants }: AcceptView): void {
  const parties = [event.actor, ...(hasCounterparty(event.kind) ? [event.counterparty] : [])].filter((id) => id !== 0);
  for (const participantId of parties) {
    const participant = participants.get(participantId);
    if (participant === undefined) {
      throw new DomainError("participant-unknown", `Participant ${participantId} was never admitted.`, {
        participantId,
      });
    }
    if (!participant.active) {
      throw new DomainError("participant-suspended", `Participant ${participantId} is suspended.`, { participantId });
    }
  }
  const reason = judgeParties(event.kind, participants.get(event.actor), participants.get(event.counterparty));
  refuse(reason, `A participant may not do this (${event.kind})`, {
    actor: event.actor,
    counterparty: event.counterparty,
  });
}

function requireSignatures({ event, actorSigners, counterpartySigner }: Candidate, view: AcceptView): void {
  if (event.kind === "reassignment") {
    requireQuorum(actorSigners, view);
  } else {
    requireSigner("actor", event.actor, actorSigners.length === 1 ? (actorSigners[0] ?? null) : null, view);
  }
  if (hasCounterparty(event.kind) && !isOffer(event)) {
    requireSigner("counterparty", event.counterparty, counterpartySigner, view);
  }
}

function requireSigner(party: string, participantId: number, recovered: Address | null, view: AcceptView): void {
  const expected = view.participants.get(participantId)?.signer;
  if (recovered === null || recovered !== expected) {
    throw new DomainError(
      "signature-wrong",
      `The ${party}'s signature is not by participant ${participantId}'s signer.`,
      {
        party,
        participantId,
        expected,
        recovered,
      },
    );
  }
}

function requireQuorum(signers: readonly (Address | null)[], { governors, threshold }: AcceptView): void {
  const ascending = signers.every((signer, i) => i === 0 || (signers[i - 1] ?? "") < (signer ?? ""));
  const known = signers.every((signer) => signer !== null && governors.includes(signer));
  if (!ascending || !known || signers.length < threshold) {
    throw new DomainError("bad-quorum", "The reassignment lacks enough governors' signatures, ascending by address.", {
      recovered: signers,
      threshold,
    });
  }
}

function requireItems({ event, heads }: Candidate, { states }: AcceptView): AcceptedItem[] {
  const refused: { position: number; passportId: PassportId; reason: RejectionReason; head: Head; phase: string }[] =
    [];
  const accepted = event.items.map((item, position): AcceptedItem => {
    const before = states.get(item.passportId) ?? NO_PASSPORT;
    if (isDeclined(event.declined, position)) return { position, item, after: before, declined: true };
    const reason = judgeItem(event, item, before);
    if (reason !== null) {
      refused.push({ position, passportId: item.passportId, reason, head: before.head, phase: before.phase });
    }
    return { position, item, after: evolve(event, item, before, heads[position] as Head), declined: false };
  });
  const first = refused[0];
  if (first !== undefined) {
    const which =
      refused.length === 1 ? `Item ${first.position}` : `${refused.length} items, the first at ${first.position},`;
    throw new DomainError(first.reason, `${which} cannot be taken: ${first.reason}.`, { items: refused });
  }
  return accepted;
}

/** An item of an event that the operator promised and that is not on chain yet. */
export type PromisedItem = Pick<PassportState, "head" | "custodian" | "phase" | "moved"> & { readonly prevHead: Head };

/**
 * The state as it will be when everything promised is on chain: follows heads from the chain's state, in whatever order
 * the items come. Items that continue neither (overtaken by another operator's event) are left aside.
 */
export function advance(state: PassportState, promised: readonly PromisedItem[]): PassportState {
  let current = state;
  for (let left = promised.length; left > 0; left--) {
    const next = promised.find((item) => item.prevHead === current.head && item.head !== current.head);
    if (next === undefined) break;
    current = { ...current, head: next.head, custodian: next.custodian, phase: next.phase, moved: next.moved };
  }
  return current;
}
