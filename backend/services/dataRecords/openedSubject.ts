import type { PassportId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** The first six hex digits of an id are its issuer's number. */
const ISSUER = "('x00' || substr(subject_id, 3, 6))::bit(32)::int";

/** Subjects of records by their own issuers, accepted here or found in anybody's anchors. */
export const BY_ISSUER = `
SELECT subject_id FROM data_record WHERE author = ${ISSUER}
UNION SELECT subject_id FROM anchored_record WHERE author = ${ISSUER}`;

/**
 * Whether an id is that of a facility, vehicle, organisation or lot: no passport, and its issuer has recorded something
 * about it. Such a subject moves by no custody event; its issuer answers for it for good.
 */
export async function isOpenedSubject(tx: Transaction, subjectId: PassportId): Promise<boolean> {
  const { rows } = await tx.query<{ opened: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM (${BY_ISSUER}) AS opened WHERE subject_id = $1)
        AND NOT EXISTS (SELECT 1 FROM chain_passport WHERE id = $1)
        AND NOT EXISTS (SELECT 1 FROM accepted_item WHERE passport_id = $1 AND state = 'open') AS opened`,
    [subjectId],
  );
  return rows[0]?.opened === true;
}
