import { decideAcceptance } from "../../../backend/domain/custody/accept.ts";
import {
  type CustodyEvent,
  type CustodyKind,
  formatSignedCustodyEvent,
  type Item,
  type SignedCustodyEvent,
} from "../../../backend/domain/custody/events.ts";
import { hashEvent } from "../../../backend/domain/custody/hashEvent.ts";
import { roleBits } from "../../../backend/domain/participants/roles.ts";
import type { Hash, JsonObject } from "../../../backend/domain/types.ts";
import type { Participant } from "../operator/answers.ts";
import type { Actor, Session } from "../session.ts";
import { readStates } from "./readStates.ts";

/** One record per item, in item order, with what opens its withheld fields. */
export type SubmittedRecord = { readonly record: JsonObject; readonly disclosures: readonly string[] };

/** A signed event with its records, as `POST /v1/custody-events` takes it. */
export type Submission = {
  readonly digest: Hash;
  readonly event: SignedCustodyEvent;
  readonly records: readonly SubmittedRecord[];
  /** Records of models that `records` name by hash. */
  readonly models?: readonly SubmittedRecord[];
};

const submittedOf = ({ record, disclosures }: SubmittedRecord): SubmittedRecord => ({ record, disclosures });

export const submissionJson = ({ event, records, models }: Submission) => ({
  event: formatSignedCustodyEvent(event),
  records,
  ...(models === undefined || models.length === 0 ? {} : { models: models.map(submittedOf) }),
});

/** How long an event may wait for its block, if its signer says nothing: the contract takes at most 30 days. */
export const DEFAULT_VALID_SECONDS = 7 * 24 * 3600;

/** An item with the record that its hash is of. */
export type PreparedItem = Item & SubmittedRecord;

/**
 * Makes an event of items, judges it by the contract's rules against the state that the signer itself read, and only
 * then signs the digest that was computed here.
 * @param receiver for a handover
 * @throws DomainError the contract's reasons (`stale-head`, `not-custodian`, `actor-lacks-role`, …), so that nothing is
 *   signed that could not be applied
 */
export async function signEvent(
  session: Session,
  actor: Actor,
  kind: CustodyKind,
  prepared: readonly PreparedItem[],
  options: { readonly receiver?: Participant; readonly validSeconds?: number } = {},
): Promise<Submission> {
  const { receiver, validSeconds = DEFAULT_VALID_SECONDS } = options;
  const now = session.now();
  const sorted = [...prepared].sort((a, b) => (a.passportId < b.passportId ? -1 : 1));
  const event: CustodyEvent = {
    kind,
    actor: actor.participant.id,
    counterparty: receiver?.id ?? 0,
    occurredAt: now,
    deadline: now + validSeconds,
    items: sorted.map(({ passportId, prevHead, recordHash }) => ({ passportId, prevHead, recordHash })),
  };
  const { digest, heads } = hashEvent(session.separator, event);
  const unsigned = { ...event, actorSignature: "0x", counterpartySignature: "0x", declined: 0n } as const;
  const ids = event.items.map(({ passportId }) => passportId);
  const view = {
    now,
    participants: standingsOf([actor.participant, ...(receiver === undefined ? [] : [receiver])]),
    governors: [],
    threshold: 0,
    states: await readStates(session, ids),
  };
  const candidate = { event: unsigned, digest, heads, actorSigners: [actor.signer.address], counterpartySigner: null };
  decideAcceptance(candidate, view);
  return {
    digest,
    event: { ...unsigned, actorSignature: actor.signer.sign(digest) },
    records: sorted.map(({ record, disclosures }) => ({ record, disclosures })),
  };
}

/** What the contract's rules need to know of participants. */
export const standingsOf = (participants: readonly Participant[]) =>
  new Map(
    participants.map(({ id, active, roles, signer }) => [id, { active, roles: roleBits(roles), signer }] as const),
  );
