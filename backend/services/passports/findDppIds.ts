import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import { normaliseUid } from "../../domain/identifiers/uid.ts";
import type { PassportId } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, PASSPORT_KEY, type Page, pageOf } from "../cursor.ts";
import type { Deployment } from "../deployment.ts";

/** Passports of a set of product identifiers, by page (EN 18222, ReadDPPIdsByProductIds). Unknown ones are left out. */
export async function findDppIds(
  { pool }: Database,
  deployment: Deployment,
  query: { readonly productIds: readonly string[]; readonly limit: number; readonly cursor: string | undefined },
): Promise<Page<string>> {
  const after = query.cursor === undefined ? "" : decodeCursor(query.cursor, PASSPORT_KEY);
  const { rows } = await pool.query<{ id: PassportId }>(
    `SELECT passport.id FROM identifier JOIN chain_passport AS passport ON passport.id = identifier.passport_id
      WHERE (identifier.uid = ANY($1::text[]) OR identifier.battery_code = ANY($1::text[])) AND passport.id > $2
      ORDER BY passport.id LIMIT $3`,
    [query.productIds.map(normaliseUid), after, query.limit + 1],
  );
  const page = pageOf(rows, query.limit, ({ id }) => id);
  return { ...page, entries: page.entries.map(({ id }) => dppIdOf(deployment, id)) };
}
