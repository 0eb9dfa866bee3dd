import type { ParticipantId, PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import type { AcceptedEvent, EventFeed, FeedGap, FeedSubject } from "./eventFeed.ts";

/** Newly accepted events that one look takes in; what is beyond comes with the next. */
const MOST_NEW = 1_000;
/** How far back ended events are told of to a client that was away, in accepted events: it bounds what a mark can cost. */
const FURTHEST_BACK = 10_000;

/**
 * Keeps feeds supplied with the events that they are to follow. What was accepted since the last look is read once for all
 * of them; only a feed that has just begun, or was full, is looked after by itself.
 */
export function createFeedFiller({ pool }: Database): (feeds: readonly EventFeed[]) => Promise<void> {
  let seen: number | null = null;

  return async (feeds) => {
    if (feeds.length === 0) {
      seen = null;
      return;
    }
    const { rows } = await pool.query<{ last: number }>(
      "SELECT coalesce(max(position), 0)::float8 AS last FROM accepted_event",
    );
    let last = rows[0]?.last ?? 0;
    if (seen !== null && last > seen) {
      const accepted = (await pool.query<Accepted>(NEW, [seen, last, MOST_NEW])).rows;
      if (accepted.length === MOST_NEW) last = accepted.at(-1)?.position ?? last;
      for (const feed of feeds) feed.follow(accepted.filter(isAbout(feed.subject)), last);
    }
    seen = last;
    for (const feed of feeds) {
      const gap = feed.gap(last);
      if (gap !== null) feed.fill(gap, await find(feed.subject, gap, last), last);
    }
  };

  async function find(subject: FeedSubject, gap: FeedGap, last: number): Promise<AcceptedEvent[]> {
    const since = Math.max(gap.begun, gap.after, last - FURTHEST_BACK);
    const asked = [gap.after, since, last, gap.again, gap.room];
    const found =
      "passport" in subject
        ? pool.query<AcceptedEvent>(OF_PASSPORT, [subject.passport, ...asked])
        : pool.query<AcceptedEvent>(OF_PARTICIPANT, [subject.participant, ...asked]);
    return (await found).rows;
  }
}

type Accepted = AcceptedEvent & {
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  readonly passports: readonly PassportId[];
};

const isAbout =
  (subject: FeedSubject) =>
  ({ actor, counterparty, passports }: Accepted): boolean =>
    "passport" in subject
      ? passports.includes(subject.passport)
      : actor === subject.participant || counterparty === subject.participant;

const COUNTERPARTY = "(event.event->>'counterparty')::int";

const NEW = `
SELECT event.position::float8 AS position, event.digest, event.actor, ${COUNTERPARTY} AS counterparty,
       ARRAY(SELECT passport_id FROM accepted_item WHERE digest = event.digest AND state <> 'declined') AS passports
  FROM accepted_event AS event WHERE event.position > $1 AND event.position <= $2 ORDER BY event.position LIMIT $3`;

const FINALIZED = "(SELECT finalized_number FROM chain_cursor)";

// $2 after, $3 since when all of them, $4 last, $5 again, $6 room
const WANTED = `event.position <= $4 AND (event.position = ANY($5::bigint[]) OR (event.position > $2`;

const OF_PASSPORT = `
SELECT event.position::float8 AS position, event.digest
  FROM accepted_item AS item JOIN accepted_event AS event ON event.digest = item.digest
  LEFT JOIN chain_custody_step AS step ON step.digest = item.digest AND step.passport_id = item.passport_id
 WHERE item.passport_id = $1 AND item.state <> 'declined' AND ${WANTED}
   AND (event.position > $3 OR item.state = 'open' OR step.block_number > ${FINALIZED})))
 ORDER BY event.position LIMIT $6`;

/** From what is under way, which is bounded: a participant's events of all times have no index. */
const OF_PARTICIPANT = `
WITH candidate AS (
  SELECT digest FROM accepted_item WHERE state = 'open'
  UNION SELECT digest FROM chain_custody_step WHERE block_number > ${FINALIZED}
  UNION SELECT digest FROM accepted_event WHERE position > $3 OR position = ANY($5::bigint[]))
SELECT event.position::float8 AS position, event.digest
  FROM candidate JOIN accepted_event AS event ON event.digest = candidate.digest
 WHERE (event.actor = $1 OR ${COUNTERPARTY} = $1) AND ${WANTED}))
 ORDER BY event.position LIMIT $6`;
