import { useEffect, useState } from "react";
import type { Hash } from "../../domain/types.ts";
import { askPendingEvents, followPendingEvents, type UnverifiedPendingEvent } from "./pendingEvents.ts";

const MOST_SHOWN = 50;

/**
 * What the operator says is on its way for a passport, as it changes; empty while, or where, it says nothing. A stream is
 * held open only where there is something to wait for: most visitors come to batteries at rest.
 */
export function usePendingEvents(dppId: string): readonly UnverifiedPendingEvent[] {
  const [events, setEvents] = useState<ReadonlyMap<Hash, UnverifiedPendingEvent>>(new Map());
  useEffect(() => {
    let current = true;
    let stop = (): void => undefined;
    setEvents(new Map());
    const put = (event: UnverifiedPendingEvent): void =>
      setEvents((before) =>
        before.size < MOST_SHOWN || before.has(event.digest) ? new Map(before).set(event.digest, event) : before,
      );
    askPendingEvents(dppId).then(
      (found) => {
        if (!current) return;
        for (const event of found) put(event);
        const awaited = found.find(({ state }) => state !== "rejected");
        if (awaited !== undefined) stop = followPendingEvents(awaited.passportId, put);
      },
      () => undefined, // an extra: the verdict neither waits for it nor rests on it
    );
    return () => {
      current = false;
      stop();
    };
  }, [dppId]);
  return [...events.values()];
}
