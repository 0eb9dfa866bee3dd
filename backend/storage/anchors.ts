import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import { type AnchorTip, type NumberedAnchor, projectAnchors } from "../domain/reconciliation/projectAnchors.ts";
import type { Hash, ParticipantId } from "../domain/types.ts";
import type { Transaction } from "./database.ts";
import { type Columns, insertRows } from "./insertRows.ts";
import { logsNamed, PLACE } from "./projectedLogs.ts";

const ANCHOR_COLUMNS: Columns<NumberedAnchor> = [
  ...PLACE,
  ["block_hash", "text", (log) => log.blockHash],
  ["tx_hash", "text", (log) => log.transactionHash],
  ["publisher", "int", (log) => log.publisher],
  ["sequence", "int", (log) => log.sequence],
  ["root", "text", (log) => log.root],
  ["count", "int", (log) => log.count],
  ["manifest_hash", "text", (log) => log.manifestHash],
  ["prev_accumulator", "text", (log) => log.prevAccumulator],
  ["accumulator", "text", (log) => log.accumulator],
  ["signature", "text", (log) => log.signature],
];

/** Adds anchors as their logs tell them; their leaves are missing until the manifest step has found them. */
export async function insertAnchors(tx: Transaction, logs: readonly DecodedLog[]): Promise<void> {
  const anchored = logsNamed(logs, "Anchored");
  if (anchored.length === 0) return;
  const { rows } = await tx.query<AnchorTip & { publisher: ParticipantId }>(
    `SELECT DISTINCT ON (publisher) publisher, sequence, accumulator FROM chain_anchor WHERE publisher = ANY($1)
     ORDER BY publisher, sequence DESC`,
    [anchored.map((log) => log.publisher)],
  );
  const anchors = projectAnchors(anchored, new Map(rows.map((row) => [row.publisher, row])));
  await insertRows(tx, "chain_anchor", ANCHOR_COLUMNS, anchors);
  const missing: Columns<NumberedAnchor> = [
    ["publisher", "int", (log) => log.publisher],
    ["sequence", "int", (log) => log.sequence],
  ];
  await insertRows(tx, "missing_manifest", missing, anchors);
}

/** Undoes anchors above a block: their leaves go with them, and what was promised is open again. */
export async function undoAnchors(tx: Transaction, to: number): Promise<void> {
  // Waits for a manifest step that is storing leaves just now, so that the next statement sees all there are.
  const { rowCount } = await tx.query("SELECT FROM chain_anchor WHERE block_number > $1 FOR UPDATE", [to]);
  if (rowCount === 0) return;
  const { rows } = await tx.query<{ digest: Hash }>(
    `SELECT digest FROM anchored_record JOIN chain_anchor USING (publisher, sequence) WHERE block_number > $1`,
    [to],
  );
  await tx.query("DELETE FROM chain_anchor WHERE block_number > $1", [to]);
  await tx.query(
    `UPDATE data_record d SET state = 'open' WHERE digest = ANY($1) AND NOT EXISTS
       (SELECT FROM anchored_record a WHERE a.digest = d.digest AND a.signature = d.signature)`,
    [rows.map(({ digest }) => digest)],
  );
}

/** Lists anchors without leaves as missing, and opens again what counted as anchored by leaves that are gone. */
export async function renoteMissingManifests(tx: Transaction): Promise<void> {
  await tx.query(
    `INSERT INTO missing_manifest (publisher, sequence) SELECT publisher, sequence FROM chain_anchor a WHERE NOT EXISTS
       (SELECT FROM anchored_record r WHERE r.publisher = a.publisher AND r.sequence = a.sequence) ON CONFLICT DO NOTHING`,
  );
  await tx.query(
    `UPDATE data_record d SET state = 'open' WHERE state = 'anchored' AND NOT EXISTS
       (SELECT FROM anchored_record a WHERE a.digest = d.digest AND a.signature = d.signature)`,
  );
}
