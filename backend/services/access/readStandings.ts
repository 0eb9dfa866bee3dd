import type { Relation, Standing } from "../../domain/access/tierPolicies.ts";
import { ZERO_HASH } from "../../domain/bytes.ts";
import { issuerOf } from "../../domain/identifiers/passportId.ts";
import type { Hash, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { isOpenedSubject } from "../dataRecords/openedSubject.ts";
import { missingPassport } from "../passports/missingPassport.ts";
import type { Caller } from "./caller.ts";
import type { SignedRecord } from "./signedRecords.ts";

/** Who is responsible for a subject, and the event that made it so: later ones end what is tied to this custody. */
export type Custody = { readonly custodian: ParticipantId; readonly custodyDigest: Hash };

/**
 * The present custody, by the chain; of what is no passport, such as a facility, its issuer's, which no event ends.
 * @throws DomainError `dpp-unknown`, `dpp-pending`
 */
export async function readPresentCustody(tx: Transaction, passportId: PassportId): Promise<Custody> {
  const { rows } = await tx.query<Custody>(
    `SELECT passport.custodian, step.digest AS "custodyDigest"
       FROM chain_passport AS passport JOIN chain_custody_step AS step ON step.passport_id = passport.id
      WHERE passport.id = $1 AND (step.sequence = 0 OR step.kind IN ('handover', 'reassignment'))
      ORDER BY step.sequence DESC LIMIT 1`,
    [passportId],
  );
  const custody = rows[0];
  if (custody !== undefined) return custody;
  if (await isOpenedSubject(tx, passportId)) return { custodian: issuerOf(passportId), custodyDigest: ZERO_HASH };
  throw await missingPassport(tx, passportId);
}

/** How a caller stands to a passport: its roles, and its relations but for authorship, which is each record's own. */
export async function readStandings(
  tx: Transaction,
  caller: Caller,
  passportId: PassportId,
  records: readonly SignedRecord[],
  now: UnixTime,
): Promise<ReadonlySet<Standing>> {
  const { custodian, custodyDigest } = await readPresentCustody(tx, passportId);
  const relations: Relation[] = [];
  if (custodian === caller.participantId) relations.push("its-custodian");
  if (records.some(({ place, receiver }) => isOnTheWay(place) && receiver === caller.participantId)) {
    relations.push("its-receiver");
  }
  if (await isGranted(tx, caller, passportId, custodyDigest, now)) relations.push("its-grantee");
  return new Set<Standing>([...caller.roles, ...relations]);
}

const isOnTheWay = (place: SignedRecord["place"]): boolean => place === "promised" || place === "offered";

async function isGranted(
  tx: Transaction,
  { participantId }: Caller,
  passportId: PassportId,
  custodyDigest: Hash,
  now: UnixTime,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT 1 FROM access_grant
      WHERE passport_id = $1 AND custody_digest = $2 AND grantee = $3 AND ended_at IS NULL
        AND (expires_at IS NULL OR expires_at > to_timestamp($4))`,
    [passportId, custodyDigest, participantId, now],
  );
  return (rowCount ?? 0) > 0;
}
