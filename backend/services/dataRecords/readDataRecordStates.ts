import type { SignedDataRecord } from "../../domain/anchors/dataRecord.ts";
import type { Hash, ParticipantId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { DATA_RECORD_FIELDS } from "../../storage/dataRecords.ts";
import type { Receipt } from "../custody/signReceipt.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";

/** Where on chain a data record is proven. Of several places, the first. */
export type RecordPlace = {
  readonly publisher: ParticipantId;
  readonly sequence: number;
  readonly leafIndex: number;
  readonly root: Hash;
  /** Leaves of the anchor. */
  readonly count: number;
  readonly accumulator: Hash;
  readonly block: { readonly number: number; readonly hash: Hash };
};

export type DataRecordState = {
  readonly digest: Hash;
  readonly dataRecord: SignedDataRecord;
  readonly state: "accepted" | "sealed" | "submitted" | Finality;
  readonly place: RecordPlace | null;
  /** Null for one that another operator anchored. */
  readonly receipt: Receipt | null;
};

/**
 * What became of data records, promised here or found in anybody's anchors; those that are neither are absent. Never
 * what kind of record one is: that is withheld.
 */
export async function readDataRecordStates(
  tx: Transaction,
  digests: readonly Hash[],
): Promise<Map<Hash, DataRecordState>> {
  const { rows } = await tx.query<Row>(STATES, [digests]);
  const heights = await readHeights(tx);
  const states = new Map<Hash, DataRecordState>();
  for (const { digest, receipt, source, place, submission, ...dataRecord } of rows) {
    if (source === "anchored" && states.has(digest)) continue; // accepted here too: that row has our signature
    const onTheWay = submission === null ? "accepted" : submission === "sealed" ? "sealed" : "submitted";
    const state = place === null ? onTheWay : finalityOf(place.block.number, heights);
    states.set(digest, { digest, dataRecord, state, place, receipt });
  }
  return states;
}

type Row = SignedDataRecord & {
  readonly digest: Hash;
  readonly receipt: Receipt | null;
  readonly source: "accepted" | "anchored";
  readonly place: RecordPlace | null;
  /** State of the latest submission that carries it and may still land. */
  readonly submission: string | null;
};

/** Everything about these digests in one snapshot. */
const STATES = `
SELECT found.*, place.place, submission.state AS submission
  FROM (SELECT ${DATA_RECORD_FIELDS}, receipt, 'accepted' AS source FROM data_record WHERE digest = ANY($1::text[])
        UNION ALL
        SELECT ${DATA_RECORD_FIELDS}, NULL, 'anchored' FROM anchored_record WHERE digest = ANY($1::text[])) AS found
  LEFT JOIN LATERAL (
    SELECT json_build_object('publisher', publisher, 'sequence', sequence, 'leafIndex', leaf_index, 'root', root,
             'count', count, 'accumulator', accumulator,
             'block', json_build_object('number', block_number, 'hash', block_hash)) AS place
      FROM anchored_record AS leaf JOIN chain_anchor USING (publisher, sequence)
     WHERE leaf.digest = found.digest ORDER BY block_number, log_index, leaf_index LIMIT 1) AS place ON true
  LEFT JOIN LATERAL (
    SELECT state FROM submission_event JOIN submission ON submission.id = submission_event.submission_id
     WHERE submission_event.digest = found.digest AND state <> 'failed'
     ORDER BY submission.id DESC LIMIT 1) AS submission ON true
 ORDER BY found.digest, found.source`;
