import { closeRejectedItems } from "../../../backend/storage/acceptedItems.ts";
import { renoteMissingManifests } from "../../../backend/storage/anchors.ts";
import type { Transaction } from "../../../backend/storage/database.ts";

/** A table of the projection whose rows are not those that the chain gives. */
export type TableDifference = {
  readonly table: string;
  /** Rows that the chain gives and that are not here. */
  readonly missing: number;
  /** Rows that are here and that the chain does not give. */
  readonly surplus: number;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
};

/** What remains of blocks depends on when finality came; those with logs of ours remain in any case. */
const ROWS_THAT_COUNT: Readonly<Record<string, string>> = { chain_block: "WHERE logs > 0" };
/** Where a follower stands, which is compared before anything else. */
const NOT_DERIVED = new Set(["chain_cursor"]);
const EXAMPLES = 3;

/** Compares every table of the projection row for row, in the snapshot of the transaction. */
export async function compareProjections(tx: Transaction, ours: string, fresh: string): Promise<TableDifference[]> {
  const differences: TableDifference[] = [];
  for (const table of await projectionTables(tx, fresh)) {
    const rows = (schema: string): string => `SELECT * FROM ${schema}.${table} ${ROWS_THAT_COUNT[table] ?? ""}`;
    const [missing, surplus] = [
      await difference(tx, rows(fresh), rows(ours)),
      await difference(tx, rows(ours), rows(fresh)),
    ];
    if (missing.count + surplus.count === 0) continue;
    const examples = [
      ...missing.rows.map((row) => ({ missing: row })),
      ...surplus.rows.map((row) => ({ surplus: row })),
    ];
    differences.push({ table, missing: missing.count, surplus: surplus.count, examples });
  }
  return differences;
}

/** Every table that is derived from the contract's logs, however many there will be. */
async function projectionTables(tx: Transaction, schema: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 AND table_name LIKE 'chain\\_%'
     ORDER BY table_name`,
    [schema],
  );
  return rows.map(({ name }) => name).filter((name) => !NOT_DERIVED.has(name));
}

async function difference(tx: Transaction, of: string, without: string) {
  const { rows } = await tx.query<{ count: number; row: Record<string, unknown> }>(
    `SELECT count(*) OVER ()::int AS count, to_jsonb(differing) AS row
     FROM ((${of}) EXCEPT ALL (${without})) AS differing LIMIT ${EXAMPLES}`,
  );
  return { count: rows[0]?.count ?? 0, rows: rows.map(({ row }) => row) };
}

/**
 * Puts the fresh rows in the place of ours, in the tables that differ, and lets accepted items and data records follow. To be called in the
 * transaction that compared, with our cursor locked: nobody reads a half.
 */
export async function replaceProjection(
  tx: Transaction,
  differences: readonly TableDifference[],
  ours: string,
  fresh: string,
): Promise<void> {
  for (const { table } of differences) {
    const which = ROWS_THAT_COUNT[table] ?? "";
    await tx.query(`DELETE FROM ${ours}.${table} ${which}`);
    await tx.query(`INSERT INTO ${ours}.${table} SELECT * FROM ${fresh}.${table} ${which}`);
  }
  const onChain =
    "EXISTS (SELECT FROM chain_custody_step s WHERE s.digest = i.digest AND s.passport_id = i.passport_id)";
  await tx.query(`UPDATE accepted_item i SET state = 'open' WHERE state = 'applied' AND NOT ${onChain}`);
  await tx.query(`UPDATE accepted_item i SET state = 'applied', reason = NULL
    WHERE state IN ('open', 'rejected') AND ${onChain}`);
  await closeRejectedItems(tx);
  await renoteMissingManifests(tx);
}
