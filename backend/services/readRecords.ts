import type { Hash, JsonObject } from "../domain/types.ts";
import type { Transaction } from "../storage/database.ts";

/** Public records by hash; those that are not here are absent. Their bytes were checked when they were stored. */
export async function readRecords(tx: Transaction, hashes: readonly Hash[]): Promise<ReadonlyMap<Hash, JsonObject>> {
  if (hashes.length === 0) return new Map();
  const { rows } = await tx.query<{ hash: Hash; bytes: Buffer }>(
    "SELECT hash, bytes FROM record WHERE hash = ANY($1::text[])",
    [hashes],
  );
  return new Map(rows.map(({ hash, bytes }) => [hash, JSON.parse(bytes.toString("utf8")) as JsonObject]));
}
