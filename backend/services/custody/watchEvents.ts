import { DomainError } from "../../domain/errors.ts";
import type { Hash } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import {
  createEventFeed,
  type EventFeed,
  type FeedSubject,
  hasEnded,
  type Marks,
  markOf,
  parseMarks,
} from "./eventFeed.ts";
import { createFeedFiller } from "./fillFeeds.ts";
import type { PendingEvent } from "./pendingEvents.ts";
import { type EventItem, type EventStatus, readEvents } from "./readEvent.ts";

/** What a watcher of named events is told: where an event's items stand now. */
export type WatchedEvent = { readonly digest: Hash; readonly items: readonly EventItem[] };

/** What to watch: named events, or what is under way about a passport or a participant, and what comes new. */
export type Watched = { readonly digests: readonly Hash[] } | FeedSubject;

/** Called with the marks to come back with. */
export type Told = (event: WatchedEvent | PendingEvent, marks: Marks) => void;

export type EventWatcher = {
  /**
   * Tells about every event that is not as the marks have it, now and at every change, until `stop`.
   * Ends by itself when there is nothing more to tell: every item of every named event has its end.
   * @param client whose watch it is, of which each may have so many
   * @throws DomainError `too-many-watchers`
   */
  watch(watched: Watched, since: Marks | null, client: string, told: Told): Watch;
  /** Ends all watches, as if each had stopped. */
  close(): void;
};
export type Watch = {
  stop(): void;
  readonly ended: Promise<void>;
  /** Where it stands when nothing is told either; null where only changes move it. */
  marks(): Marks | null;
};

type Watcher = {
  readonly client: string;
  readonly feed: EventFeed | null;
  readonly digests: () => readonly Hash[];
  /** Tells what has changed; true at the end. */
  readonly tell: (states: ReadonlyMap<Hash, EventStatus>) => boolean;
  readonly end: () => void;
};

const LOOK_EVERY_MS = 400;
export const MOST_WATCHERS = 500;
/** One client, by its address: behind a company's proxy there may be many people. */
export const MOST_WATCHERS_OF_A_CLIENT = 100;

/**
 * Lets any number of clients wait for events with one look into the tables at a time. States are compared, not changes
 * logged: a client sees every state that lasts, in order, and may miss one that was over between two looks.
 * @param onError told of looks that failed; the next one comes anyway
 */
export function createEventWatcher(database: Database, onError: (error: unknown) => void): EventWatcher {
  const watchers = new Set<Watcher>();
  const fillFeeds = createFeedFiller(database);
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  const look = async (): Promise<void> => {
    if (looking || watchers.size === 0) return;
    looking = true;
    try {
      await fillFeeds([...watchers].flatMap(({ feed }) => feed ?? []));
      const digests = new Set([...watchers].flatMap((watcher) => watcher.digests()));
      const states = await readEvents(database, [...digests]);
      for (const watcher of watchers) if (watcher.tell(states)) stop(watcher);
    } catch (error) {
      onError(error);
    } finally {
      looking = false;
    }
  };

  const stop = (watcher: Watcher): void => {
    watchers.delete(watcher);
    watcher.end();
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const requireRoom = (client: string): void => {
    const ofClient = [...watchers].filter((watcher) => watcher.client === client).length;
    if (watchers.size < MOST_WATCHERS && ofClient < MOST_WATCHERS_OF_A_CLIENT) return;
    const sentence = "Too many streams of events are open here; ask again later, or ask for the event itself.";
    throw new DomainError("too-many-watchers", sentence, { most: MOST_WATCHERS, ofOne: MOST_WATCHERS_OF_A_CLIENT });
  };

  return {
    watch(watched, since, client, told) {
      requireRoom(client);
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const watcher: Watcher =
        "digests" in watched
          ? { client, end, feed: null, ...watchNamed(watched.digests, since, told) }
          : { client, end, ...watchFeed(createEventFeed(watched, since), told) };
      watchers.add(watcher);
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS);
      void look();
      return { ended, stop: () => stop(watcher), marks: () => watcher.feed?.marks() ?? null };
    },
    close() {
      for (const watcher of watchers) stop(watcher);
    },
  };
}

function watchNamed(digests: readonly Hash[], since: Marks | null, told: Told): Pick<Watcher, "digests" | "tell"> {
  const marks = parseMarks(since, digests.length);
  return {
    digests: () => digests,
    tell(states) {
      let open = false;
      digests.forEach((digest, i) => {
        const status = states.get(digest);
        if (status === undefined || !hasEnded(status.items)) open = true;
        if (status === undefined) return; // this server does not know it (yet)
        const mark = markOf(status.items);
        if (marks[i] === mark) return;
        marks[i] = mark;
        told({ digest, items: status.items }, marks.join(""));
      });
      return !open;
    },
  };
}

function watchFeed(feed: EventFeed, told: Told): Pick<Watcher, "digests" | "tell" | "feed"> {
  return {
    feed,
    digests: feed.digests,
    tell(states) {
      for (const [event, marks] of feed.changes(states)) told(event, marks);
      return false;
    },
  };
}
