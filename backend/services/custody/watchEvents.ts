import { createHash } from "node:crypto";
import { DomainError } from "../../domain/errors.ts";
import type { Hash } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type EventItem, type ItemState, readEvents } from "./readEvent.ts";

/** What a watcher is told: where an event's items stand now. Absent `items`: this server does not know it (yet). */
export type WatchedEvent = { readonly digest: Hash; readonly items: readonly EventItem[] };

/**
 * Where a watcher stands: a mark for each watched event, in their order. A watcher that comes back with it, to any process
 * of the installation, is told what has changed since and nothing else; nothing has to be kept for it meanwhile.
 */
export type Marks = string;

export type EventWatcher = {
  /**
   * Tells about every event that is not as the marks have it, now and at every change, until `stop`.
   * Ends by itself when there is nothing more to tell: every item has its end.
   * @throws DomainError `too-many-watchers`
   */
  watch(digests: readonly Hash[], since: Marks | null, told: (event: WatchedEvent, marks: Marks) => void): Watch;
  close(): void;
};
export type Watch = { stop(): void; readonly ended: Promise<void> };

type Watcher = {
  readonly digests: readonly Hash[];
  readonly marks: string[];
  readonly told: (event: WatchedEvent, marks: Marks) => void;
  readonly end: () => void;
};

const MARK_LENGTH = 8;
const NO_MARK = "-".repeat(MARK_LENGTH);
const LOOK_EVERY_MS = 400;
export const MOST_WATCHERS = 500;
const ENDS: ReadonlySet<ItemState> = new Set(["finalized", "declined", "rejected"]);

/**
 * Lets any number of clients wait for events with one look into the tables at a time. States are compared, not changes
 * logged: a client sees every state that lasts, in order, and may miss one that was over between two looks.
 * @param onError told of looks that failed; the next one comes anyway
 */
export function createEventWatcher(database: Database, onError: (error: unknown) => void): EventWatcher {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  const look = async (): Promise<void> => {
    if (looking || watchers.size === 0) return;
    looking = true;
    try {
      const digests = new Set([...watchers].flatMap((watcher) => watcher.digests));
      const states = await readEvents(database, [...digests]);
      for (const watcher of watchers) tell(watcher, states);
    } catch (error) {
      onError(error);
    } finally {
      looking = false;
    }
  };

  const tell = (watcher: Watcher, states: ReadonlyMap<Hash, WatchedEvent>): void => {
    let open = false;
    watcher.digests.forEach((digest, i) => {
      const status = states.get(digest);
      if (status === undefined || !status.items.every(({ state }) => ENDS.has(state))) open = true;
      if (status === undefined) return;
      const event = { digest, items: status.items };
      const mark = markOf(event);
      if (watcher.marks[i] === mark) return;
      watcher.marks[i] = mark;
      watcher.told(event, watcher.marks.join(""));
    });
    if (!open) stop(watcher);
  };

  const stop = (watcher: Watcher): void => {
    watchers.delete(watcher);
    watcher.end();
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    watch(digests, since, told) {
      if (watchers.size >= MOST_WATCHERS) {
        const sentence = "Too many clients watch events here; ask again later, or ask for the event itself.";
        throw new DomainError("too-many-watchers", sentence, { most: MOST_WATCHERS });
      }
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const watcher = { digests, marks: parseMarks(since, digests.length), told, end };
      watchers.add(watcher);
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS);
      void look();
      return { ended, stop: () => stop(watcher) };
    },
    close() {
      for (const watcher of watchers) stop(watcher);
    },
  };
}

const markOf = (event: WatchedEvent): string =>
  createHash("sha256").update(JSON.stringify(event.items)).digest("base64url").slice(0, MARK_LENGTH);

/** Marks are a hint of what the client has seen: whatever does not fit is as if it had seen nothing. */
function parseMarks(marks: Marks | null, count: number): string[] {
  const fits = marks !== null && marks.length === count * MARK_LENGTH;
  return Array.from({ length: count }, (_, i) =>
    fits ? marks.slice(i * MARK_LENGTH, (i + 1) * MARK_LENGTH) : NO_MARK,
  );
}
