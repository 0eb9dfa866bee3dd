import type { TestDatabase } from "../support/database.ts";

/** Remembers what an operator ever called final (promise 2, invariant I5). */
export type FinalityWatch = {
  /** Throws when something final has changed or gone, or finality itself went back. */
  look(): Promise<void>;
};

export function watchFinality({ pool }: Pick<TestDatabase, "pool">): FinalityWatch {
  const heads = new Map<string, string>();
  let highest = -1;
  return {
    async look() {
      const { rows: cursors } = await pool.query<{ finalized: number }>(
        "SELECT finalized_number AS finalized FROM chain_cursor",
      );
      const finalized = cursors[0]?.finalized ?? -1;
      if (finalized < highest) throw new Error(`finality went back from ${highest} to ${finalized}`);
      highest = finalized;
      const { rows } = await pool.query<{ place: string; step: string }>(
        `SELECT passport_id || '/' || sequence AS place, head || ' in ' || block_number AS step
         FROM chain_custody_step WHERE block_number <= $1`,
        [finalized],
      );
      const found = new Map(rows.map(({ place, step }) => [place, step]));
      for (const [place, step] of heads) {
        if (found.get(place) !== step) throw new Error(`${place} was final as ${step} and is ${found.get(place)}`);
      }
      for (const [place, step] of found) heads.set(place, step);
    },
  };
}
