import type { Pool } from "pg";

/**
 * Takes indexes and constraints off tables while `work` fills them, and makes the very same again: sorted once, an index of a
 * million random keys takes seconds, and key by key it takes minutes.
 */
export async function withoutIndexes(pool: Pool, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const constraints = await pool.query<{ of: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS of, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY ($1::text[]::regclass[]) OR confrelid = ANY ($1::text[]::regclass[]))
     ORDER BY contype = 'f'`, // who refers to a key is dropped before it, and made after it
    [tables],
  );
  const indexes = await pool.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = ANY ($1::text[])
     AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
    [tables],
  );
  for (const { of, name } of constraints.rows.toReversed())
    await pool.query(`ALTER TABLE ${of} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes.rows) await pool.query(`DROP INDEX ${name}`);
  await work();
  for (const { of, name, definition } of constraints.rows) {
    await pool.query(`ALTER TABLE ${of} ADD CONSTRAINT ${name} ${definition}`);
  }
  for (const { definition } of indexes.rows) await pool.query(definition);
}
