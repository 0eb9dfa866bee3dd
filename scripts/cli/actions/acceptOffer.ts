import { decideAcceptance } from "../../../backend/domain/custody/accept.ts";
import {
  formatBitmap,
  hasCounterparty,
  parseSignedCustodyEvent,
  type SignedCustodyEvent,
} from "../../../backend/domain/custody/events.ts";
import { acceptanceDigest, hashEvent } from "../../../backend/domain/custody/hashEvent.ts";
import { judgeItem } from "../../../backend/domain/custody/rules.ts";
import { NO_PASSPORT } from "../../../backend/domain/custody/state.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, Head, Hex, JsonObject } from "../../../backend/domain/types.ts";
import { fieldsOf, type Participant, type Registry, readParticipant, textOf } from "../operator/answers.ts";
import { type Actor, readRegistry, type Session } from "../session.ts";
import { readStates } from "./readStates.ts";
import { standingsOf } from "./signEvent.ts";

/** An offer as the receiver found it, checked but for its own decision. */
export type ReviewedOffer = {
  readonly digest: Hash;
  readonly event: SignedCustodyEvent;
  readonly heads: readonly Head[];
  /** Who gives: a participant, or for a reassignment the quorum, which orders it. */
  readonly giver: Participant | Registry;
  /** Why an item cannot be taken as things stand; null where it can. By position. */
  readonly obstacles: readonly (string | null)[];
  readonly states: Awaited<ReturnType<typeof readStates>>;
  /** Given where the offer did not come from this operator: it goes along with the acceptance. */
  readonly file: OfferFile | undefined;
};

/** An offer as its giver saved it: the signed event, its records and what opens them. */
export type OfferFile = JsonObject;

/**
 * Reads an offer, from the operator or a file, and trusts nothing of it: the digest is computed from the items that will be shown, the
 * giver's signature recovered, and each item held against the passport's state.
 * @throws DomainError `handover-unknown`, `offer-digest-mismatch`, `offer-not-for-me`, `signature-wrong`, `bad-quorum`
 */
export async function reviewOffer(
  session: Session,
  actor: Actor,
  digest: Hash,
  file?: OfferFile,
): Promise<ReviewedOffer> {
  const answer = file ?? fieldsOf(await session.operator.get(`/v1/handovers/${digest}`), "handover");
  const event = parseSignedCustodyEvent(answer.event);
  const { digest: computed, heads } = hashEvent(session.separator, event);
  if (computed !== digest || !hasCounterparty(event.kind)) {
    const message = "The operator shows another offer than the one with this digest; nothing was signed.";
    throw new DomainError("offer-digest-mismatch", message, { asked: digest, computed });
  }
  if (event.counterparty !== actor.participant.id) {
    const message = `The offer is for participant ${event.counterparty}, not for you (${actor.participant.id}).`;
    throw new DomainError("offer-not-for-me", message, { receiver: event.counterparty });
  }
  const { operator } = session;
  const giver =
    event.kind === "reassignment" ? await readRegistry(operator) : await readParticipant(operator, event.actor);
  if (isQuorum(giver)) requireQuorum(digest, event.actorSignature, giver);
  else requireGiver(digest, event.actorSignature, giver);
  const states = await readStates(
    session,
    event.items.map(({ passportId }) => passportId),
  );
  const obstacles = event.items.map((item) => judgeItem(event, item, states.get(item.passportId) ?? NO_PASSPORT));
  return { digest, event, heads, giver, obstacles, states, file };
}

export const isQuorum = (giver: Participant | Registry): giver is Registry => "governors" in giver;

function requireGiver(digest: Hash, signature: Hex, giver: Participant): void {
  const recovered = recoverSigner(digest, signature);
  if (recovered === giver.signer) return;
  const message = `The offer is not signed by participant ${giver.id}'s signer.`;
  throw new DomainError("signature-wrong", message, { expected: giver.signer, recovered });
}

function requireQuorum(digest: Hash, joined: Hex, { governors, threshold }: Registry): void {
  const signers = signersOfQuorum(digest, joined);
  const known = new Set(signers.filter((signer) => signer !== null && governors.includes(signer)));
  if (known.size === signers.length && signers.length >= threshold) return;
  const message = "The reassignment is not signed by enough of the governors.";
  throw new DomainError("bad-quorum", message, { recovered: signers, threshold });
}

/** Who made each of the governors' joined signatures. */
function signersOfQuorum(digest: Hash, joined: Hex): (Address | null)[] {
  const parts = joined.slice(2).match(/.{1,130}/g) ?? [];
  return parts.map((part) => recoverSigner(digest, `0x${part}`));
}

/**
 * Signs for all items but the declined ones, and sends the acceptance.
 * @param declined positions, from 0
 * @throws DomainError `position-out-of-range`, and the contract's reason where an item that is not declined cannot be taken
 */
export async function acceptOffer(session: Session, actor: Actor, offer: ReviewedOffer, declined: readonly number[]) {
  const outside = declined.find((position) => position < 0 || position >= offer.event.items.length);
  if (outside !== undefined) {
    const message = `The offer has no item at position ${outside}; positions are 0 to ${offer.event.items.length - 1}.`;
    throw new DomainError("position-out-of-range", message, { position: outside });
  }
  const bitmap = declined.reduce((bits, position) => bits | (1n << BigInt(position)), 0n);
  const digest = acceptanceDigest(session.separator, offer.digest, bitmap);
  const { giver } = offer;
  const view = {
    now: session.now(),
    participants: standingsOf(isQuorum(giver) ? [actor.participant] : [giver, actor.participant]),
    governors: isQuorum(giver) ? giver.governors : [],
    threshold: isQuorum(giver) ? giver.threshold : 0,
    states: offer.states,
  };
  const event = { ...offer.event, declined: bitmap };
  const actorSigners = isQuorum(giver) ? signersOfQuorum(offer.digest, event.actorSignature) : [giver.signer];
  const signers = { actorSigners, counterpartySigner: actor.signer.address };
  decideAcceptance({ event, digest: offer.digest, heads: offer.heads, ...signers }, view);
  const signature: Hex = actor.signer.sign(digest);
  const along = offer.file === undefined ? {} : { offer: offer.file };
  const body = { declined: formatBitmap(bitmap), signature, ...along };
  const answer = fieldsOf(await session.operator.post(`/v1/handovers/${offer.digest}/acceptance`, body), "answer");
  return { digest: offer.digest, state: textOf(answer.state, "state"), receipt: answer.receipt ?? null };
}
