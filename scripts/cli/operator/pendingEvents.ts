import { parseHash } from "../../../backend/domain/bytes.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import type { Hash, ParticipantId, PassportId, UnixTime } from "../../../backend/domain/types.ts";
import { fieldsOf, listOf, textOf, wholeOf } from "./answers.ts";
import type { Operator } from "./connectOperator.ts";

/** An event that the operator has accepted and that is not final yet, or was rejected lately: its word alone. */
export type PendingEvent = {
  readonly digest: Hash;
  readonly kind: string;
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  readonly acceptedAt: UnixTime;
  readonly state: string;
  /** Code of why it was rejected, or not taken yet. */
  readonly reason: string | null;
};

/** In the order of acceptance; none from an operator whose software does not tell. */
export async function readPendingEvents(operator: Operator, passportId: PassportId): Promise<PendingEvent[]> {
  try {
    const answer = fieldsOf(await operator.get(`/v1/dpps/${passportId}/pending`), "answer");
    return listOf(answer.events, "events").map(parseEvent);
  } catch (error) {
    if (error instanceof DomainError && error.code === "route-unknown") return [];
    throw error;
  }
}

function parseEvent(value: unknown): PendingEvent {
  const event = fieldsOf(value, "event");
  const item = fieldsOf(listOf(event.items, "items")[0], "item");
  return {
    digest: parseHash(event.digest, "digest"),
    kind: textOf(event.kind, "kind"),
    actor: wholeOf(event.actor, "actor"),
    counterparty: wholeOf(event.counterparty, "counterparty"),
    acceptedAt: wholeOf(event.acceptedAt, "acceptedAt"),
    state: textOf(item.state, "state"),
    reason: typeof item.reason === "string" ? item.reason : null,
  };
}
