import type { CustodyKind } from "../../domain/custody/events.ts";
import type { Hash, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type EventItem, type EventStatus, readEvents } from "./readEvent.ts";

/** An accepted event as anybody may be told of it before it is on the chain: what the chain will say anyway, no record. */
export type PendingEvent = {
  readonly digest: Hash;
  readonly kind: CustodyKind;
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  /** When it happened, as the actor says. */
  readonly occurredAt: UnixTime;
  readonly deadline: UnixTime;
  readonly acceptedAt: UnixTime;
  readonly items: readonly EventItem[];
};

/** @param only leaves out the other items of a consignment */
export function pendingEvent({ digest, event, receipt, items }: EventStatus, only?: PassportId): PendingEvent {
  // As it was accepted: parsed at the door.
  const { kind, actor, counterparty, occurredAt, deadline } = event as unknown as PendingEvent;
  return {
    digest,
    kind,
    actor,
    counterparty,
    occurredAt,
    deadline,
    acceptedAt: receipt?.acceptedAt ?? occurredAt,
    items: only === undefined ? items : items.filter(({ passportId }) => passportId === only),
  };
}

export const MOST_PENDING = 50;
/** How long after its deadline a rejected event is still told of. */
const REJECTED_LATELY_S = 7 * 86_400;

/**
 * What this operator has accepted about a passport and is not final yet, and what was finally rejected lately; in the order
 * in which it was accepted, the latest {@link MOST_PENDING} at most. Empty also for a passport that nobody knows: before
 * its mint is on the chain, this is all there is about it.
 */
export async function readPendingEvents(
  database: Database,
  passportId: PassportId,
  now: UnixTime,
): Promise<PendingEvent[]> {
  const { rows } = await database.pool.query<{ digest: Hash }>(
    `SELECT event.digest FROM accepted_item AS item JOIN accepted_event AS event ON event.digest = item.digest
       LEFT JOIN chain_custody_step AS step ON step.digest = item.digest AND step.passport_id = item.passport_id
      WHERE item.passport_id = $1 AND (item.state = 'open' OR (item.state = 'rejected' AND event.deadline >= $2)
         OR step.block_number > (SELECT finalized_number FROM chain_cursor))
      ORDER BY event.position DESC LIMIT $3`,
    [passportId, now - REJECTED_LATELY_S, MOST_PENDING],
  );
  const digests = rows.map(({ digest }) => digest).reverse();
  const states = await readEvents(database, digests);
  return digests.flatMap((digest) => {
    const status = states.get(digest);
    return status === undefined ? [] : [pendingEvent(status, passportId)];
  });
}
