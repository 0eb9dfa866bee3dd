import { DomainError } from "../../domain/errors.ts";
import type { JsonObject, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction } from "../../storage/database.ts";
import { decodeCursor, NUMBER_KEY, type Page, pageOf } from "../cursor.ts";
import { type AccessAction, logAccess } from "./accessLog.ts";
import type { Caller } from "./caller.ts";
import { readPresentCustody } from "./readStandings.ts";

export type AccessEntry = {
  readonly at: string;
  readonly participantId: ParticipantId;
  readonly action: AccessAction;
  /** Hashes and ids: of what the reader of the log read or erased itself, and of what anybody granted. */
  readonly details: JsonObject;
};

type Row = Omit<AccessEntry, "at"> & { readonly id: string; readonly at: Date };

/**
 * Who read what is withheld of a passport, the newest first; for its custodian and for regulators. Which records and
 * disclosures they were is for the one who read or erased them alone: a data record of which an authority reads something
 * is a test report, and its kind is withheld from the custodian; and numbers say how much there is. Reading the log is
 * logged, too.
 * @throws DomainError `dpp-unknown`, `access-denied`, `cursor-malformed`
 */
export async function readAccessLog(
  { pool }: Database,
  caller: Caller,
  passportId: PassportId,
  query: { readonly limit: number; readonly cursor?: string | undefined },
  now: UnixTime,
): Promise<Page<AccessEntry>> {
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, NUMBER_KEY);
  return await inTransaction(pool, async (tx) => {
    const { custodian } = await readPresentCustody(tx, passportId);
    if (custodian !== caller.participantId && !caller.roles.includes("REGULATOR")) {
      const sentence = "The access log is for the passport's custodian and for regulators.";
      throw new DomainError("access-denied", sentence, { passportId });
    }
    const { rows } = await tx.query<Row>(
      `SELECT id, at, participant AS "participantId", action,
              CASE WHEN participant = $4 THEN details ELSE details - 'disclosures' - 'records' END AS details
         FROM access_log
        WHERE passport_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [passportId, before, query.limit + 1, caller.participantId],
    );
    await logAccess(tx, { at: now, participantId: caller.participantId, passportId, action: "read-log", details: {} });
    const page = pageOf(rows, query.limit, ({ id }) => Number(id));
    return { ...page, entries: page.entries.map(({ id: _, at, ...entry }) => ({ at: at.toISOString(), ...entry })) };
  });
}
