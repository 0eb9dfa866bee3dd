import type { SignedDataRecord } from "../../domain/anchors/dataRecord.ts";
import type { Hash, ParticipantId, PassportId } from "../../domain/types.ts";
import { type Database, inTransaction } from "../../storage/database.ts";
import { decodeCursor, HASH_KEY, type Page, pageOf } from "../cursor.ts";
import { type DataRecordState, type RecordPlace, readDataRecordStates } from "./readDataRecordStates.ts";

export type DataRecordQuery = {
  readonly subject?: PassportId | undefined;
  readonly author?: ParticipantId | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type ListedDataRecord = {
  readonly digest: Hash;
  readonly state: DataRecordState["state"];
  readonly dataRecord: SignedDataRecord;
  readonly anchor?: RecordPlace;
};

/** Data records by subject and author, promised here or found in anybody's anchors, ordered by digest. */
export async function listDataRecords({ pool }: Database, query: DataRecordQuery): Promise<Page<ListedDataRecord>> {
  return await inTransaction(pool, async (tx) => {
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await tx.query<{ digest: Hash }>(PAGE, [
      query.subject ?? null,
      query.author ?? null,
      query.cursor === undefined ? "" : decodeCursor(query.cursor, HASH_KEY),
      query.limit + 1,
    ]);
    const page = pageOf(rows, query.limit, ({ digest }) => digest);
    const states = await readDataRecordStates(
      tx,
      page.entries.map(({ digest }) => digest),
    );
    return { ...page, entries: [...states.values()].map(listed) };
  });
}

const listed = ({ digest, state, dataRecord, place }: DataRecordState): ListedDataRecord => ({
  digest,
  state,
  dataRecord,
  ...(place === null ? {} : { anchor: place }),
});

const digestsIn = (table: string): string => `
  SELECT digest FROM ${table}
   WHERE ($1::text IS NULL OR subject_id = $1) AND ($2::int IS NULL OR author = $2) AND digest > $3
   ORDER BY digest LIMIT $4`;

const PAGE = `(${digestsIn("data_record")}) UNION (${digestsIn("anchored_record")}) ORDER BY digest LIMIT $4`;
