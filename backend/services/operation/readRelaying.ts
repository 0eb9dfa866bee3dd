import type { Pool } from "pg";

/** How relaying stands in this installation, whichever process does it. */
export type Relaying = {
  readonly state: "relaying" | "paused" | "nobody";
  /** Changes with every leader. */
  readonly epoch: number;
  readonly reason?: string;
};

/** A leader beats every second and is replaced after fifteen. */
const SILENT_SECONDS = 30;

const PAUSES: Readonly<Record<string, string>> = {
  "relayer-unfunded": "The account that pays for transactions is empty; accepted events wait.",
  "fee-cap-reached": "The chain asks for more than the fee cap; accepted events wait.",
};

export async function readRelaying(pool: Pool): Promise<Relaying> {
  const { rows } = await pool.query<{ epoch: number; trouble: string | null; silent: boolean }>(
    `SELECT epoch::int, trouble, seen_at < now() - make_interval(secs => $1) AS silent FROM leader_epoch WHERE id = 1`,
    [SILENT_SECONDS],
  );
  const { epoch = 0, trouble = null, silent = true } = rows[0] ?? {};
  if (silent) return { state: "nobody", epoch, reason: "No process relays; accepted events wait." };
  if (trouble === null) return { state: "relaying", epoch };
  return { state: "paused", epoch, reason: PAUSES[trouble] ?? trouble };
}
