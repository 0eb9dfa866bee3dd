import type { Phase } from "../../domain/custody/state.ts";
import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import { normaliseUid } from "../../domain/identifiers/uid.ts";
import type { Head, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, PASSPORT_KEY, type Page, pageOf } from "../cursor.ts";
import type { Deployment } from "../deployment.ts";

export type PassportQuery = {
  readonly custodian?: ParticipantId | undefined;
  readonly issuer?: ParticipantId | undefined;
  readonly phase?: Phase | undefined;
  readonly uid?: string | undefined;
  readonly batteryCode?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type ListedPassport = {
  readonly passportId: PassportId;
  readonly digitalProductPassportId: string;
  readonly uid: string | null;
  readonly batteryCode: string | null;
  readonly issuer: ParticipantId;
  readonly custodian: ParticipantId;
  readonly phase: Phase;
  readonly held: boolean;
  readonly head: Head;
  /** Number of custody events. */
  readonly length: number;
};

type Row = Omit<ListedPassport, "digitalProductPassportId">;

/**
 * Passports on the chain by what the chain and their identifiers say, ordered by id.
 * @param now unix seconds: a hold that has expired holds nothing
 */
export async function listPassports(
  { pool }: Database,
  deployment: Deployment,
  query: PassportQuery,
  now: UnixTime,
): Promise<Page<ListedPassport>> {
  const conditions: string[] = [];
  const values: unknown[] = [now];
  const where = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  if (query.custodian !== undefined) where("passport.custodian = ?", query.custodian);
  if (query.issuer !== undefined) where("passport.issuer = ?", query.issuer);
  if (query.phase !== undefined) where("passport.phase = ?", query.phase);
  if (query.uid !== undefined) where("identifier.uid = ?", normaliseUid(query.uid));
  if (query.batteryCode !== undefined) where("identifier.battery_code = ?", query.batteryCode.toUpperCase());
  if (query.cursor !== undefined) where("passport.id > ?", decodeCursor(query.cursor, PASSPORT_KEY));
  values.push(query.limit + 1);
  const { rows } = await pool.query<Row>(
    `SELECT passport.id AS "passportId", identifier.uid, identifier.battery_code AS "batteryCode", passport.issuer,
            passport.custodian, passport.phase, passport.held AND passport.held_until >= $1 AS held, passport.head,
            passport.length
       FROM chain_passport AS passport LEFT JOIN identifier ON identifier.passport_id = passport.id
      ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
      ORDER BY passport.id LIMIT $${values.length}`,
    values,
  );
  const page = pageOf(rows, query.limit, ({ passportId }) => passportId);
  const named = page.entries.map((row) => ({ digitalProductPassportId: dppIdOf(deployment, row.passportId), ...row }));
  return { ...page, entries: named };
}
