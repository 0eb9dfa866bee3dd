import type { Hash, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** A record about a passport that somebody signed for. */
export type SignedRecord = {
  readonly recordHash: Hash;
  /** Digest of what carries it: a custody event, or an offer of one. */
  readonly digest: Hash;
  /** Kind of the custody event. */
  readonly kind: string;
  /** Whether it is on the chain, or on its way there. */
  readonly place: "chain" | "promised" | "offered";
  /** Who signed for it. */
  readonly authors: readonly ParticipantId[];
  /** Who has the item once it is on the chain; 0 where it moves nothing. */
  readonly receiver: ParticipantId;
};

type Row = Omit<SignedRecord, "authors"> & { readonly actor: ParticipantId };

/** The records of a passport's custody events in order, and after them those that are on the way from or to `reader`. */
export async function readSignedRecords(
  tx: Transaction,
  passportId: PassportId,
  reader: ParticipantId,
  now: UnixTime,
): Promise<SignedRecord[]> {
  const onChain = await tx.query<Row>(ON_CHAIN, [passportId]);
  const onTheWay = await tx.query<Row>(ON_THE_WAY, [passportId, reader, now]);
  return [...onChain.rows, ...onTheWay.rows].map(({ actor, ...record }) => ({
    ...record,
    // Whoever accepted a handover signed over its record too; an offer has only its giver's signature.
    authors: record.place === "offered" || record.receiver === 0 ? [actor] : [actor, record.receiver],
  }));
}

const ON_CHAIN = `
SELECT record_hash AS "recordHash", digest, kind, 'chain' AS place, actor, counterparty AS receiver
  FROM chain_custody_step WHERE passport_id = $1 ORDER BY sequence`;

/** An offer counts as long as it could be accepted: before its deadline, and on the head that the passport has. */
const ON_THE_WAY = `
WITH heads AS (
  SELECT head FROM chain_passport WHERE id = $1
  UNION SELECT head FROM accepted_item WHERE passport_id = $1 AND state = 'open'
)
SELECT item->>'recordHash' AS "recordHash", digest, 'handover' AS kind, 'offered' AS place, giver AS actor, receiver
  FROM offer CROSS JOIN jsonb_array_elements(event->'items') AS item
 WHERE state = 'open' AND (receiver = $2 OR giver = $2) AND deadline >= $3
   AND item->>'passportId' = $1 AND item->>'prevHead' IN (SELECT head FROM heads)
UNION ALL
SELECT event->'items'->promised.position->>'recordHash', promised.digest, kind, 'promised', actor, (event->>'counterparty')::int
  FROM accepted_item AS promised JOIN accepted_event ON accepted_event.digest = promised.digest
 WHERE promised.passport_id = $1 AND promised.state = 'open' AND (actor = $2 OR (event->>'counterparty')::int = $2)
 ORDER BY 2`;
