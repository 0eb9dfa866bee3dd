import type { CheckSetting } from "./check.ts";

/**
 * Visits every row of a query in pages, so that a table of any size is checked in little memory and without a
 * transaction that keeps old rows alive.
 * @param query without ORDER BY; one of its columns, `key`, is text and unlike in every row
 */
export async function inPages<Row>(
  { pool, onProgress }: CheckSetting,
  what: string,
  query: string,
  pageSize: number,
  visit: (row: Row) => void,
): Promise<void> {
  let after = "";
  for (let done = 0; ; ) {
    const { rows } = await pool.query<Row & { key: string }>(
      `SELECT * FROM (${query}) AS checked WHERE key > $1 ORDER BY key LIMIT $2`,
      [after, pageSize],
    );
    for (const row of rows) visit(row);
    done += rows.length;
    if (rows.length > 0) onProgress(done, what);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.key;
  }
}
