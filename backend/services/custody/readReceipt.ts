import { DomainError } from "../../domain/errors.ts";
import type { Hash } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Receipt, storedReceipt } from "./signReceipt.ts";

/** The receipt of an event or a data record that was accepted here, as it was answered. Throws `receipt-unknown`. */
export async function readReceipt({ pool }: Database, digest: Hash): Promise<Receipt> {
  const { rows } = await pool.query<{ receipt: Receipt }>(
    "SELECT receipt FROM accepted_event WHERE digest = $1 UNION ALL SELECT receipt FROM data_record WHERE digest = $1",
    [digest],
  );
  const row = rows[0];
  if (row !== undefined) return storedReceipt(row.receipt);
  throw new DomainError("receipt-unknown", "This server gave no receipt for this digest.", { digest });
}
