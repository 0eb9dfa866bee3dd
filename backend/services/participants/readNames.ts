import { DomainError } from "../../domain/errors.ts";
import { type ParticipantRecord, readRecord } from "../../domain/records/parseRecord.ts";
import type { Hash, JsonObject, ParticipantId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { readRecords } from "../readRecords.ts";

/** The current records of participants: names, kind, prefixes. Absent where the record is not here. */
export async function readNames(
  { pool }: Database,
  ids: readonly ParticipantId[],
): Promise<ReadonlyMap<ParticipantId, ParticipantRecord>> {
  const { rows } = await pool.query<{ id: ParticipantId; record_hash: Hash }>(
    "SELECT id, record_hash FROM chain_participant WHERE id = ANY($1::int[])",
    [[...new Set(ids)]],
  );
  const hashes = rows.map((row) => row.record_hash);
  const records = await readRecords(pool, hashes);
  const named = new Map<ParticipantId, ParticipantRecord>();
  for (const { id, record_hash } of rows) {
    const record = participantRecord(records.get(record_hash));
    if (record !== null) named.set(id, record);
  }
  return named;
}

/** Null for what is no participant's record: the quorum may have signed for any hash. */
export function participantRecord(payload: JsonObject | undefined): ParticipantRecord | null {
  if (payload === undefined) return null;
  try {
    const record = readRecord(payload);
    return record.type === "participant/1" ? record : null;
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
