import { parseHash, parsePassportId } from "../../domain/bytes.ts";
import { CUSTODY_KINDS, type CustodyKind } from "../../domain/custody/events.ts";
import type { Hash, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import { ask } from "./askServer.ts";

/** An event that the operator has accepted, as it tells it: nothing of it can be verified yet. */
export type UnverifiedPendingEvent = {
  readonly digest: Hash;
  readonly passportId: PassportId;
  readonly kind: CustodyKind;
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  readonly acceptedAt: UnixTime;
  readonly state: (typeof STATES)[number];
  /** Code of why it was rejected, or not taken yet. */
  readonly reason: string | null;
};

const STATES = ["accepted", "sealed", "submitted", "included", "safe", "finalized", "declined", "rejected"] as const;

/** What the operator has on its way for a passport. Rejects with a `PageTrouble`. */
export const askPendingEvents = (dppId: string): Promise<readonly UnverifiedPendingEvent[]> =>
  ask(`/v1/dpps/${encodeURIComponent(dppId)}/pending`, async (response) => {
    const { events } = Object(await response.json());
    return Array.isArray(events) ? events.map(parseEvent) : [];
  });

const ASK_EVERY_MS = 5_000;

/**
 * Tells of every change to it, until the returned function is called. A browser comes back by itself after a broken
 * connection; where the stream is refused (too many are open, or a proxy lets none through), what is on its way is asked
 * for again and again instead, as long as there is anything.
 */
export function followPendingEvents(passportId: PassportId, told: (event: UnverifiedPendingEvent) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const askAgain = (): void => {
    if (!stopped) timer = setTimeout(() => void lookAgain(), ASK_EVERY_MS);
  };
  const lookAgain = async (): Promise<void> => {
    // A server that does not answer now may answer next time.
    const events = await askPendingEvents(passportId).catch(() => null);
    if (stopped) return;
    for (const event of events ?? []) told(event);
    if (events === null || events.some(({ state }) => state !== "rejected")) askAgain();
  };
  const stream = new EventSource(`/v1/events?passport=${passportId}`);
  stream.addEventListener("state", ({ data }) => {
    try {
      told(parseEvent(JSON.parse(data)));
    } catch {
      stream.close(); // not the stream that is documented
    }
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) askAgain();
  });
  return () => {
    stopped = true;
    clearTimeout(timer);
    stream.close();
  };
}

function parseEvent(value: unknown): UnverifiedPendingEvent {
  const { digest, kind, actor, counterparty, acceptedAt, items } = Object(value) as Record<string, unknown>;
  const { passportId, state, reason } = Object(Array.isArray(items) ? items[0] : undefined) as Record<string, unknown>;
  const knownKind = CUSTODY_KINDS.filter((one) => one !== "none").find((one) => one === kind);
  const knownState = STATES.find((one) => one === state);
  if (knownKind === undefined || knownState === undefined) throw new Error("an event of an unknown kind or state");
  return {
    digest: parseHash(digest, "digest"),
    passportId: parsePassportId(passportId, "passportId"),
    kind: knownKind,
    actor: whole(actor),
    counterparty: whole(counterparty),
    acceptedAt: whole(acceptedAt),
    state: knownState,
    reason: typeof reason === "string" && /^[a-z-]{1,50}$/.test(reason) ? reason : null,
  };
}

/** Within what a date can be made of, and a participant's number. */
function whole(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 0xffffffffff)
    throw new Error("no number");
  return value as number;
}
