import type { JsonValue, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** What the access log keeps an entry of. */
export type AccessAction = "read" | "grant" | "revoke" | "erase" | "read-log";

/** Adds an entry; in the transaction of what it tells of, so that nothing is read unseen. */
export async function logAccess(
  tx: Transaction,
  entry: {
    readonly at: UnixTime;
    readonly participantId: ParticipantId;
    readonly passportId: PassportId;
    readonly action: AccessAction;
    /** Hashes and ids; never a value or the name of a field. */
    readonly details: { readonly [name: string]: JsonValue };
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO access_log (at, participant, passport_id, action, details)
     VALUES (to_timestamp($1), $2, $3, $4, $5::jsonb)`,
    [entry.at, entry.participantId, entry.passportId, entry.action, JSON.stringify(entry.details)],
  );
}
