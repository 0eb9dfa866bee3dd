import type { DataRecordView } from "../../domain/anchors/acceptDataRecord.ts";
import type { Address, ParticipantId, PassportId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { BY_ISSUER } from "./openedSubject.ts";
import type { PreparedDataRecord } from "./prepareDataRecord.ts";

/** What deciding about a batch of data records needs to know. */
export type DataRecordFacts = Pick<DataRecordView, "participants"> & {
  /** Passports on chain or promised here, and whatever else a record by its issuer speaks of, accepted here or anchored. */
  readonly subjects: Set<PassportId>;
};

export async function readDataRecordFacts(
  tx: Transaction,
  batch: readonly PreparedDataRecord[],
  publisher: ParticipantId,
): Promise<DataRecordFacts> {
  if (batch.length === 0) return { participants: new Map(), subjects: new Set() };
  const { rows: participants } = await tx.query<{
    id: ParticipantId;
    signer: Address;
    roles: number;
    active: boolean;
  }>("SELECT id, signer, roles, active FROM chain_participant WHERE id = ANY($1::int[])", [
    [...new Set([publisher, ...batch.map(({ dataRecord }) => dataRecord.author)])],
  ]);
  const { rows: subjects } = await tx.query<{ id: PassportId }>(
    `SELECT id FROM chain_passport WHERE id = ANY($1::text[])
     UNION SELECT passport_id FROM accepted_item WHERE passport_id = ANY($1::text[]) AND state = 'open'
     UNION SELECT subject_id FROM (${BY_ISSUER}) AS opened WHERE subject_id = ANY($1::text[])`,
    [[...new Set(batch.map(({ dataRecord }) => dataRecord.subjectId))]],
  );
  return {
    participants: new Map(participants.map((row) => [row.id, row])),
    subjects: new Set(subjects.map(({ id }) => id)),
  };
}
