import type { Database } from "../../storage/database.ts";

/** What an operator watches: how much waits, and for how long. Ages in seconds, by the database's clock. */
export type Backlog = {
  readonly openEvents: number;
  /** Data records that wait for an anchor on chain with its leaves here. */
  readonly openDataRecords: number;
  /** Age of the oldest accepted event that is not wholly on chain, or data record that waits. */
  readonly oldestUnanchoredAge: number;
  readonly openOffers: number;
  readonly unpublishedRecords: number;
  readonly missingRecords: number;
  /** Anchors, whoever published them, whose leaves are not here. */
  readonly missingManifests: number;
  readonly submissionsInFlight: number;
  readonly attemptsInFlight: number;
  readonly followerAge: number;
  /** How often the leader of the relayers has changed. */
  readonly leaderEpoch: number;
  /** Time since the relayers' leader gave a sign of life; beyond a minute nobody relays. */
  readonly leaderSilence: number;
  /** Most attempts of one submission in flight: fees are being bumped. */
  readonly mostAttempts: number;
  readonly headBlock: number;
  readonly safeBlock: number;
  readonly finalizedBlock: number;
};

/** One statement, so that the figures belong together. */
export async function readBacklog({ pool }: Database): Promise<Backlog> {
  const { rows } = await pool.query<Backlog>(`
    WITH open AS (
      SELECT DISTINCT event.digest, event.accepted_at
        FROM accepted_item AS item JOIN accepted_event AS event ON event.digest = item.digest
       WHERE item.state = 'open'
    ), flying AS (SELECT id FROM submission WHERE state IN ('sealed', 'submitted'))
    SELECT (SELECT count(*) FROM open)::int AS "openEvents",
           (SELECT count(*) FROM data_record WHERE state = 'open')::int AS "openDataRecords",
           coalesce((SELECT extract(epoch FROM now() - min(accepted_at)) FROM (SELECT accepted_at FROM open UNION ALL
             SELECT accepted_at FROM data_record WHERE state = 'open') AS waiting), 0)::float8 AS "oldestUnanchoredAge",
           (SELECT count(*) FROM offer WHERE state = 'open')::int AS "openOffers",
           (SELECT count(*) FROM content_outbox)::int AS "unpublishedRecords",
           (SELECT count(*) FROM missing_record)::int AS "missingRecords",
           (SELECT count(*) FROM missing_manifest)::int AS "missingManifests",
           (SELECT count(*) FROM flying)::int AS "submissionsInFlight",
           (SELECT count(*) FROM attempt WHERE submission_id IN (SELECT id FROM flying))::int AS "attemptsInFlight",
           leader.epoch::int AS "leaderEpoch",
           extract(epoch FROM now() - leader.seen_at)::float8 AS "leaderSilence",
           coalesce((SELECT max(number) FROM attempt WHERE submission_id IN (SELECT id FROM flying)), 0) AS "mostAttempts",
           coalesce(extract(epoch FROM now()) - cursor.head_time, 0)::float8 AS "followerAge",
           coalesce(cursor.head_number, 0) AS "headBlock",
           coalesce(cursor.safe_number, 0) AS "safeBlock",
           coalesce(cursor.finalized_number, 0) AS "finalizedBlock"
      FROM (SELECT * FROM leader_epoch WHERE id = 1) AS leader LEFT JOIN chain_cursor AS cursor ON true`);
  return rows[0] as Backlog;
}
