import type { DecodedLog, LogName, LogPlace } from "../domain/reconciliation/contractLog.ts";
import type { Hash } from "../domain/types.ts";
import type { Transaction } from "./database.ts";
import type { Columns } from "./insertRows.ts";

export type LogOf<Name extends LogName> = Extract<DecodedLog, { readonly name: Name }>;

export const logsNamed = <Name extends LogName>(
  logs: readonly DecodedLog[],
  ...names: readonly Name[]
): LogOf<Name>[] => logs.filter((log): log is LogOf<Name> => (names as readonly LogName[]).includes(log.name));

export const PLACE: Columns<LogPlace> = [
  ["block_number", "int", (row) => row.blockNumber],
  ["log_index", "int", (row) => row.logIndex],
];

/** Records that the chain names and that are not here: the content step looks for them. */
export async function noteMissingRecords(tx: Transaction, hashes: readonly Hash[]): Promise<void> {
  if (hashes.length === 0) return;
  await tx.query(
    `INSERT INTO missing_record (hash) SELECT DISTINCT wanted.hash FROM unnest($1::text[]) AS wanted(hash)
     WHERE NOT EXISTS (SELECT FROM record WHERE record.hash = wanted.hash) ON CONFLICT DO NOTHING`,
    [hashes],
  );
}
