import { type Database, inTransaction } from "../../storage/database.ts";
import type { ErasureFile } from "../../storage/erasureFile.ts";
import { applyErasure, deleteErased, eraseAlone, readErasures } from "../../storage/erasures.ts";

/**
 * Makes database and erasure file say the same, and deletes again what a restored database brought back. Before the
 * server answers anybody.
 * @returns how many requests are known, and how many disclosures had come back
 */
export async function replayErasures(
  { pool }: Pick<Database, "pool">,
  file: ErasureFile,
): Promise<{ readonly requests: number; readonly deletedAgain: number }> {
  const written = await file.read();
  const known = await inTransaction(pool, (tx) => readErasures(tx, null));
  const inFile = new Set(written.map(({ digest }) => digest));
  for (const entry of known) if (!inFile.has(entry.digest)) await file.append(entry);
  const inDatabase = new Set(known.map(({ digest }) => digest));
  return await inTransaction(pool, async (tx) => {
    await eraseAlone(tx);
    let deletedAgain = 0;
    for (const entry of written) if (!inDatabase.has(entry.digest)) deletedAgain += await applyErasure(tx, entry);
    deletedAgain += await deleteErased(tx, null);
    return { requests: new Set([...inFile, ...inDatabase]).size, deletedAgain };
  });
}
