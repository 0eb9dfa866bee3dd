import { createHash } from "node:crypto";
import type { Hash, ParticipantId, PassportId } from "../../domain/types.ts";
import { type PendingEvent, pendingEvent } from "./pendingEvents.ts";
import type { EventItem, EventStatus, ItemState } from "./readEvent.ts";

/** Whose events a feed tells of: of one passport, or with a participant as actor or counterparty. */
export type FeedSubject = { readonly passport: PassportId } | { readonly participant: ParticipantId };

/** An accepted event by its place in the order of acceptance, which is also the order in which they commit. */
export type AcceptedEvent = { readonly position: number; readonly digest: Hash };

/**
 * Where a watcher stands: what it was told last about each event it watches. A watcher that comes back with it, to any
 * process of the installation, is told what has changed since and nothing else; nothing has to be kept for it meanwhile.
 */
export type Marks = string;

/** Events that one feed follows at a time; later ones wait until one of them has its end. */
export const MOST_FOLLOWED = 50;

const MARK_LENGTH = 8;
const NO_MARK = "-".repeat(MARK_LENGTH);
const ENDS: ReadonlySet<ItemState> = new Set(["finalized", "declined", "rejected"]);
export const hasEnded = (items: readonly EventItem[]): boolean => items.every(({ state }) => ENDS.has(state));

/** What items look like, in eight characters. */
export const markOf = (items: readonly EventItem[]): string =>
  createHash("sha256").update(JSON.stringify(items)).digest("base64url").slice(0, MARK_LENGTH);

/** A list of marks of named events, in their order. Whatever does not fit is as if the client had seen nothing. */
export function parseMarks(marks: Marks | null, count: number): string[] {
  const fits = marks !== null && marks.length === count * MARK_LENGTH;
  return Array.from({ length: count }, (_, i) =>
    fits ? marks.slice(i * MARK_LENGTH, (i + 1) * MARK_LENGTH) : NO_MARK,
  );
}

/** What a feed needs found for it: events in the order of acceptance, as many as there is room for. */
export type FeedGap = {
  /** Followed before it came back, by position. */
  readonly again: readonly number[];
  /** Everything up to here was followed, or had its end. */
  readonly after: number;
  /** Up to here only what is still under way; later ones in any case. */
  readonly begun: number;
  readonly room: number;
};

/** The events that one client follows without naming them, and what it was told of each. Decides; reads nothing itself. */
export type EventFeed = {
  readonly subject: FeedSubject;
  readonly digests: () => readonly Hash[];
  /** Where the feed stands; null before it was first asked what it needs. */
  readonly marks: () => Marks | null;
  /** What is to be found up to that position; null where the feed is not behind, or full. */
  readonly gap: (last: number) => FeedGap | null;
  /** Takes what was found. */
  readonly fill: (gap: FeedGap, found: readonly AcceptedEvent[], last: number) => void;
  /** Takes events about its subject that were accepted since it caught up, and stands at `last` then. */
  readonly follow: (accepted: readonly AcceptedEvent[], last: number) => void;
  /** What is not as it was told; each with the marks to come back with after it. */
  readonly changes: (states: ReadonlyMap<Hash, EventStatus>) => Iterable<readonly [PendingEvent, Marks]>;
};

type Followed = { readonly digest: Hash | null; readonly mark: string };

export function createEventFeed(subject: FeedSubject, since: Marks | null): EventFeed {
  const only = "passport" in subject ? subject.passport : undefined;
  const given = since === null ? null : parseFeedMarks(since);
  /** By position; without a digest until found again. */
  const followed = new Map<number, Followed>(given?.followed);
  let at = given === null ? null : { begun: given.begun, after: given.after };
  let behind = true;

  const begin = (position: number, digest: Hash): void => {
    followed.set(position, { digest, mark: followed.get(position)?.mark ?? NO_MARK });
  };
  const marks = (): Marks | null => {
    if (at === null) return null;
    const each = [...followed].map(([position, { mark }]) => `${position.toString(RADIX)}~${mark}`);
    return [at.begun.toString(RADIX), at.after.toString(RADIX), ...each].join(".");
  };

  return {
    subject,
    marks,
    digests: () => [...followed.values()].flatMap(({ digest }) => digest ?? []),
    gap(last) {
      if (at !== null && Math.max(at.begun, at.after, ...followed.keys()) > last) {
        at = null; // marks of another database: begin anew
        followed.clear();
      }
      at ??= { begun: last, after: 0 };
      const again = [...followed].filter(([, { digest }]) => digest === null).map(([position]) => position);
      const room = MOST_FOLLOWED - followed.size + again.length;
      return behind && room > 0 ? { ...at, room, again } : null;
    },
    fill({ room, again }, found, last) {
      for (const { position, digest } of found) begin(position, digest);
      for (const position of again) if (followed.get(position)?.digest === null) followed.delete(position);
      behind = found.length === room;
      const reached = behind ? (found.at(-1)?.position ?? last) : last;
      if (at !== null) at.after = Math.max(at.after, reached);
    },
    follow(accepted, last) {
      if (behind || at === null) return;
      for (const { position, digest } of accepted) {
        behind = followed.size === MOST_FOLLOWED;
        if (behind) return;
        begin(position, digest);
        at.after = position;
      }
      at.after = last;
    },
    *changes(states) {
      for (const [position, { digest, mark: before }] of followed) {
        const status = digest === null ? undefined : states.get(digest);
        if (status === undefined) continue;
        const event = pendingEvent(status, only);
        const mark = markOf(event.items);
        if (hasEnded(event.items)) followed.delete(position);
        else followed.set(position, { digest, mark });
        if (mark !== before) yield [event, marks() ?? ""];
      }
    },
  };
}

const RADIX = 36;
const FEED_MARKS = new RegExp(
  `^[0-9a-z]{1,10}\\.[0-9a-z]{1,10}(\\.[0-9a-z]{1,10}~[\\w-]{${MARK_LENGTH}}){0,${MOST_FOLLOWED}}$`,
);

/** Chosen by the client: a hint of what it has seen. Null for what no feed ever gave. */
function parseFeedMarks(marks: Marks) {
  if (!FEED_MARKS.test(marks)) return null;
  const [begun = "", after = "", ...rest] = marks.split(".");
  const followed = rest.map((one): [number, Followed] => {
    const [position = "", mark = ""] = one.split("~");
    return [Number.parseInt(position, RADIX), { digest: null, mark }];
  });
  return { begun: Number.parseInt(begun, RADIX), after: Number.parseInt(after, RADIX), followed };
}
