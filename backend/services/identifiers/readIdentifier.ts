import { type DecodedIdentifier, decodeIdentifier } from "../../domain/identifiers/decodeIdentifier.ts";
import { lookAlikeOf } from "../../domain/identifiers/lookAlike.ts";
import type { ParticipantId, PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Claimant, findClaimants } from "../passports/findClaimants.ts";

/** Another identifier that people or cameras could take for the one that was asked for. */
export type LookAlike = { readonly uid: string; readonly passportId: PassportId; readonly issuer: ParticipantId };

export type IdentifierAnswer = DecodedIdentifier & {
  /** Passports on the chain that claim it; several issuers may. */
  readonly claimants: readonly Claimant[];
  readonly lookAlikes: readonly LookAlike[];
};

const MOST_LOOK_ALIKES = 20;

/**
 * An identifier taken apart, with the passports that claim it, and those that look like it: at most 20.
 * Throws the codes of `decodeIdentifier`.
 */
export async function readIdentifier(
  database: Database,
  text: string,
  options: { readonly lenient: boolean },
): Promise<IdentifierAnswer> {
  const decoded = decodeIdentifier(text, options);
  const { uid, granularity } = decoded.identifier;
  if (granularity === "organisation") return { ...decoded, claimants: [], lookAlikes: [] };
  const claimants = await findClaimants(database, uid);
  const { rows } = await database.pool.query<LookAlike>(
    `SELECT identifier.uid, passport.id AS "passportId", passport.issuer
       FROM identifier JOIN chain_passport AS passport ON passport.id = identifier.passport_id
      WHERE identifier.look_alike = $1 AND identifier.uid <> $2
      ORDER BY identifier.uid, passport.id LIMIT ${MOST_LOOK_ALIKES}`,
    [lookAlikeOf(uid), uid],
  );
  return { ...decoded, claimants, lookAlikes: rows };
}
