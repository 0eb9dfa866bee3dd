import { type Role, roleBits, roleNames } from "../../domain/participants/roles.ts";
import type { Address, Hash, JsonObject, ParticipantId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, NUMBER_KEY, type Page, pageOf } from "../cursor.ts";
import { readRecords } from "../readRecords.ts";

export type ListedParticipant = {
  readonly id: ParticipantId;
  readonly account: Address;
  readonly signer: Address;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly recordHash: Hash;
  readonly head: Hash;
  /** Names, kind and identifier prefixes; null while the record is not here. */
  readonly record: JsonObject | null;
};

export type ParticipantRow = Omit<ListedParticipant, "roles" | "record"> & { readonly roles: number };

/** Participants by id; with a role, those that have it. */
export async function listParticipants(
  { pool }: Database,
  query: {
    readonly role?: Role | undefined;
    readonly active?: boolean | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<Page<ListedParticipant>> {
  const after = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor, NUMBER_KEY));
  const { rows } = await pool.query<ParticipantRow>(
    `SELECT id, account, signer, roles, active, record_hash AS "recordHash", head FROM chain_participant
      WHERE id > $1 AND ($2::int IS NULL OR roles & $2 <> 0) AND ($3::bool IS NULL OR active = $3)
      ORDER BY id LIMIT $4`,
    [after, query.role === undefined ? null : roleBits([query.role]), query.active ?? null, query.limit + 1],
  );
  const page = pageOf(rows, query.limit, ({ id }) => id);
  return { ...page, entries: await withRecords({ pool }, page.entries) };
}

export async function withRecords(
  { pool }: Pick<Database, "pool">,
  rows: readonly ParticipantRow[],
): Promise<ListedParticipant[]> {
  const hashes = rows.map((row) => row.recordHash);
  const records = await readRecords(pool, hashes);
  return rows.map((row) => ({ ...row, roles: roleNames(row.roles), record: records.get(row.recordHash) ?? null }));
}
