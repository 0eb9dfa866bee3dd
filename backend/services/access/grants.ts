import { DomainError } from "../../domain/errors.ts";
import type { ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction, type Transaction } from "../../storage/database.ts";
import { logAccess } from "./accessLog.ts";
import type { Caller } from "./caller.ts";
import { type Custody, readPresentCustody } from "./readStandings.ts";

/** What a custodian lets another participant read of a passport, until custody changes. */
export type Grant = {
  readonly participantId: ParticipantId;
  readonly grantedAt: string;
  /** Absent for as long as the custody lasts. */
  readonly expiresAt?: string;
};

type Row = { readonly participantId: ParticipantId; readonly grantedAt: Date; readonly expiresAt: Date | null };
type Subject = { readonly passportId: PassportId; readonly now: UnixTime };

const OPEN = `
SELECT grantee AS "participantId", granted_at AS "grantedAt", expires_at AS "expiresAt" FROM access_grant
 WHERE passport_id = $1 AND custody_digest = $2 AND ended_at IS NULL
   AND (expires_at IS NULL OR expires_at > to_timestamp($3))`;

const grantOf = ({ participantId, grantedAt, expiresAt }: Row): Grant => ({
  participantId,
  grantedAt: grantedAt.toISOString(),
  ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }),
});

/** What the present custodian grants. Throws `dpp-unknown`, `access-denied`. */
export async function listGrants({ pool }: Database, caller: Caller, { passportId, now }: Subject): Promise<Grant[]> {
  return await inTransaction(pool, async (tx) => {
    const { custodyDigest } = await requireCustodian(tx, caller, passportId);
    const { rows } = await tx.query<Row>(`${OPEN} ORDER BY grantee`, [passportId, custodyDigest, now]);
    return rows.map(grantOf);
  });
}

/**
 * Grants another participant what the policy lets a grantee read. A grant that is there already gets the new end.
 * @throws DomainError `dpp-unknown`, `access-denied`, `grant-invalid`, `participant-not-found`
 */
export async function grantAccess(
  { pool }: Database,
  caller: Caller,
  { passportId, now }: Subject,
  asked: { readonly participantId: ParticipantId; readonly expiresAt?: UnixTime | undefined },
): Promise<Grant> {
  const { participantId, expiresAt = null } = asked;
  return await inTransaction(pool, async (tx) => {
    const { custodyDigest } = await requireCustodian(tx, caller, passportId);
    if (participantId === caller.participantId || (expiresAt !== null && expiresAt <= now)) {
      const sentence = "A grant is for another participant, and ends in the future.";
      throw new DomainError("grant-invalid", sentence, { participantId, expiresAt });
    }
    const { rowCount } = await tx.query("SELECT 1 FROM chain_participant WHERE id = $1 AND active", [participantId]);
    if (rowCount === 0) {
      throw new DomainError("participant-not-found", "No active participant has this id.", { participantId });
    }
    const { rows } = await tx.query<Row>(
      `INSERT INTO access_grant (passport_id, custody_digest, granter, grantee, granted_at, expires_at)
       VALUES ($1, $2, $3, $4, to_timestamp($5), to_timestamp($6))
       ON CONFLICT (passport_id, custody_digest, grantee) WHERE ended_at IS NULL
       DO UPDATE SET expires_at = excluded.expires_at, granted_at = excluded.granted_at
       RETURNING grantee AS "participantId", granted_at AS "grantedAt", expires_at AS "expiresAt"`,
      [passportId, custodyDigest, caller.participantId, participantId, now, expiresAt],
    );
    const details = { grantee: participantId, expiresAt };
    await logAccess(tx, { at: now, participantId: caller.participantId, passportId, action: "grant", details });
    return grantOf(rows[0] as Row);
  });
}

/** Takes a grant back. Throws `dpp-unknown`, `access-denied`, `grant-unknown`. */
export async function revokeGrant(
  { pool }: Database,
  caller: Caller,
  { passportId, now }: Subject,
  participantId: ParticipantId,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const { custodyDigest } = await requireCustodian(tx, caller, passportId);
    const { rowCount } = await tx.query(
      `UPDATE access_grant SET ended_at = to_timestamp($4)
        WHERE passport_id = $1 AND custody_digest = $2 AND grantee = $3 AND ended_at IS NULL`,
      [passportId, custodyDigest, participantId, now],
    );
    if (rowCount === 0) {
      throw new DomainError("grant-unknown", "Nothing is granted to this participant.", { participantId });
    }
    const details = { grantee: participantId };
    await logAccess(tx, { at: now, participantId: caller.participantId, passportId, action: "revoke", details });
  });
}

async function requireCustodian(tx: Transaction, caller: Caller, passportId: PassportId): Promise<Custody> {
  const custody = await readPresentCustody(tx, passportId);
  if (custody.custodian === caller.participantId) return custody;
  throw new DomainError("access-denied", "Only the passport's custodian grants others to read it.", { passportId });
}
