import type { Transaction } from "../storage/database.ts";

/** How far the follower has come, and what the chain itself calls safe and finalized. */
export type Heights = { readonly head: number; readonly safe: number; readonly finalized: number };

export type Finality = "included" | "safe" | "finalized";

/** Null while nothing was followed yet. */
export async function readHeights(tx: Transaction): Promise<Heights | null> {
  const { rows } = await tx.query<Heights>(
    "SELECT head_number AS head, safe_number AS safe, finalized_number AS finalized FROM chain_cursor",
  );
  return rows[0] ?? null;
}

/** What a block counts as; only finalized is immutable. */
export function finalityOf(blockNumber: number, heights: Heights | null): Finality {
  if (heights === null) return "included";
  if (blockNumber <= heights.finalized) return "finalized";
  return blockNumber <= heights.safe ? "safe" : "included";
}
