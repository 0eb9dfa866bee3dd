import type { Hash, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** Something signed that names a record by its hash. Whether the record is what it should be is not known here. */
export type SignedRecord = {
  readonly recordHash: Hash;
  /** Digest of what was signed. */
  readonly digest: Hash;
  /** A custody event on the chain or promised to it, a giver's offer, or a data record. */
  readonly place: "chain" | "promised" | "offered" | "data";
  readonly signers: readonly ParticipantId[];
  /** Who has the item once it is on the chain; 0 where it moves nothing. */
  readonly receiver: ParticipantId;
};

type Row = Omit<SignedRecord, "signers"> & { readonly actor: ParticipantId };

/**
 * What was signed about a passport, the oldest first: custody events on the chain, then those on the way from or to
 * `reader`, and data records accepted here. Data records that only others anchored have no disclosures here.
 */
export async function readSignedRecords(
  tx: Transaction,
  passportId: PassportId,
  reader: ParticipantId,
  now: UnixTime,
): Promise<SignedRecord[]> {
  const onChain = await tx.query<Row>(ON_CHAIN, [passportId]);
  const onTheWay = await tx.query<Row>(ON_THE_WAY, [passportId, reader, now]);
  const data = await tx.query<Row>(DATA_RECORDS, [passportId]);
  return [...onChain.rows, ...onTheWay.rows, ...data.rows].map(({ actor, ...record }) => ({
    ...record,
    // Whoever accepted a handover signed over its record too; an offer has only its giver's signature.
    signers: record.place === "offered" || record.receiver === 0 ? [actor] : [actor, record.receiver],
  }));
}

/**
 * Who wrote a record: the signers of the first that named it. Anybody can sign the hash of a record that somebody else
 * published, and must not become its author by that.
 */
export const authorsOf = (carriers: readonly SignedRecord[]): readonly ParticipantId[] => carriers[0]?.signers ?? [];

const ON_CHAIN = `
SELECT record_hash AS "recordHash", digest, 'chain' AS place, actor, counterparty AS receiver
  FROM chain_custody_step WHERE passport_id = $1 ORDER BY sequence`;

/** An offer counts as long as it could be accepted: before its deadline, and on the head that the passport has. */
const ON_THE_WAY = `
WITH heads AS (
  SELECT head FROM chain_passport WHERE id = $1
  UNION SELECT head FROM accepted_item WHERE passport_id = $1 AND state = 'open'
)
SELECT event->'items'->promised.position->>'recordHash' AS "recordHash", promised.digest, 'promised' AS place, actor,
       (event->>'counterparty')::int AS receiver, 0 AS turn
  FROM accepted_item AS promised JOIN accepted_event ON accepted_event.digest = promised.digest
 WHERE promised.passport_id = $1 AND promised.state = 'open' AND (actor = $2 OR (event->>'counterparty')::int = $2)
UNION ALL
SELECT item->>'recordHash', digest, 'offered', giver, receiver, 1
  FROM offer CROSS JOIN jsonb_array_elements(event->'items') AS item
 WHERE state = 'open' AND (receiver = $2 OR giver = $2) AND deadline >= $3
   AND item->>'passportId' = $1 AND item->>'prevHead' IN (SELECT head FROM heads)
 ORDER BY turn, digest`;

const DATA_RECORDS = `
SELECT record_hash AS "recordHash", digest, 'data' AS place, author AS actor, 0 AS receiver
  FROM data_record WHERE subject_id = $1 ORDER BY position`;
