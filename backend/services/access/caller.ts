import { createHash } from "node:crypto";
import { DomainError } from "../../domain/errors.ts";
import { type Role, roleNames } from "../../domain/participants/roles.ts";
import type { ParticipantId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";

/** A participant that signed in, as the registry knows it at this moment. */
export type Caller = { readonly participantId: ParticipantId; readonly roles: readonly Role[] };

/** What is kept of a token. A token is 256 random bits, so that a plain hash cannot be turned round. */
export const tokenHash = (token: string): string => createHash("sha256").update(token, "utf8").digest("hex");

type SessionRow = {
  readonly participant: ParticipantId;
  readonly sameSigner: boolean | null;
  readonly active: boolean | null;
  readonly roles: number | null;
};

/**
 * Who presents a token. The registry is asked at every use: a suspension, or another signer, ends what was signed in.
 * @throws DomainError `session-invalid` (never given, expired, ended), `session-revoked` (the registry changed since)
 */
export async function readCaller({ pool }: Pick<Database, "pool">, token: string, now: UnixTime): Promise<Caller> {
  const { rows } = await pool.query<SessionRow>(
    `SELECT session.participant, registered.signer = session.signer AS "sameSigner", registered.active, registered.roles
       FROM access_session AS session LEFT JOIN chain_participant AS registered ON registered.id = session.participant
      WHERE session.token_hash = $1 AND session.expires_at > to_timestamp($2)`,
    [tokenHash(token), now],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new DomainError(
      "session-invalid",
      "The token was never given, has expired, or was signed out: sign in again.",
    );
  }
  if (!row.active || !row.sameSigner) {
    const sentence = "The participant was suspended, or its signer changed, since it signed in.";
    throw new DomainError("session-revoked", sentence, { participantId: row.participant });
  }
  return { participantId: row.participant, roles: roleNames(row.roles ?? 0) };
}

/** Ends a session; a token that opens nothing (any more) is no error. */
export async function endSession({ pool }: Pick<Database, "pool">, token: string): Promise<void> {
  await pool.query("DELETE FROM access_session WHERE token_hash = $1", [tokenHash(token)]);
}
