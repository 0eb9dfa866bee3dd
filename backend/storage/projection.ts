import { formatBitmap } from "../domain/custody/events.ts";
import type { PassportState } from "../domain/custody/state.ts";
import type { CustodyEventAppliedLog, DecodedLog, LogPlace } from "../domain/reconciliation/contractLog.ts";
import type { Block } from "../domain/reconciliation/decideStep.ts";
import { type CustodyStep, type PassportProgress, projectCustodyLog } from "../domain/reconciliation/projectCustody.ts";
import type { Hash, PassportId } from "../domain/types.ts";
import { insertAnchors, undoAnchors } from "./anchors.ts";
import type { Transaction } from "./database.ts";
import { type Columns, insertRows } from "./insertRows.ts";
import { type LogOf, logsNamed, noteMissingRecords, PLACE } from "./projectedLogs.ts";
import { insertRegistry, refreshParticipants } from "./projectRegistry.ts";

type StoredStep = CustodyStep & { readonly place: LogPlace; readonly digest: Hash };

/**
 * Adds the logs of blocks that follow the projection's head. Everything derives from the logs; what the operator knows
 * besides is of no account here, so that a second installation derives the same rows.
 * @param logs of these blocks, ascending by block and index
 * @returns the digests of the custody events that were applied
 */
export async function projectBlocks(
  tx: Transaction,
  separator: Uint8Array,
  blocks: readonly Block[],
  logs: readonly DecodedLog[],
): Promise<Hash[]> {
  const counts = new Map<number, number>();
  for (const log of logs) counts.set(log.blockNumber, (counts.get(log.blockNumber) ?? 0) + 1);
  await insertRows(
    tx,
    "chain_block",
    [
      ["number", "int", (block) => block.number],
      ["hash", "text", (block) => block.hash],
      ["parent_hash", "text", (block) => block.parentHash],
      ["time", "int", (block) => block.time],
      ["logs", "int", (block) => counts.get(block.number) ?? 0],
    ],
    blocks,
  );
  await insertRejections(tx, logsNamed(logs, "Rejected"));
  await insertRegistry(tx, logs);
  await insertAnchors(tx, logs);
  const digests = await projectCustody(tx, separator, logs);
  await projectHolds(tx, logsNamed(logs, "Held", "Released"));
  await refreshParticipants(
    tx,
    logsNamed(logs, "ParticipantChanged").map((log) => log.participantId),
  );
  return digests;
}

async function insertRejections(tx: Transaction, logs: readonly LogOf<"Rejected">[]): Promise<void> {
  const columns: Columns<LogOf<"Rejected">> = [
    ...PLACE,
    ["digest", "text", (log) => log.digest],
    ["event_index", "int", (log) => log.eventIndex],
    ["item_index", "int", (log) => log.itemIndex ?? -1],
    ["reason", "text", (log) => log.reason],
  ];
  await insertRows(tx, "chain_rejection", columns, logs);
}

async function readProgress(tx: Transaction, ids: readonly PassportId[]): Promise<Map<PassportId, PassportProgress>> {
  const { rows } = await tx.query(
    "SELECT id, head, custodian, phase, moved, held, length FROM chain_passport WHERE id = ANY($1)",
    [ids],
  );
  return new Map(
    rows.map(({ id, length, ...state }: PassportState & { id: PassportId; length: number }) => [id, { state, length }]),
  );
}

async function projectCustody(tx: Transaction, separator: Uint8Array, logs: readonly DecodedLog[]): Promise<Hash[]> {
  const custodyLogs = logsNamed(logs, "CustodyEventApplied");
  if (custodyLogs.length === 0) return [];
  const ids = new Set(custodyLogs.flatMap((log) => log.items.map((item) => item.passportId)));
  const passports = await readProgress(tx, [...ids]);
  const steps: StoredStep[] = [];
  for (const log of custodyLogs) {
    for (const step of projectCustodyLog(separator, log, passports)) {
      steps.push({ ...step, place: log, digest: log.digest });
    }
  }
  await insertRows(tx, "chain_custody_log", CUSTODY_LOG_COLUMNS, custodyLogs);
  await insertSteps(tx, steps);
  await noteMissingRecords(
    tx,
    steps.map((step) => step.recordHash),
  );
  return [...new Set(custodyLogs.map((log) => log.digest))];
}

const CUSTODY_LOG_COLUMNS: Columns<LogPlace & CustodyEventAppliedLog> = [
  ...PLACE,
  ["block_hash", "text", (log) => log.blockHash],
  ["tx_hash", "text", (log) => log.transactionHash],
  ["digest", "text", (log) => log.digest],
  ["header", "text", (log) => log.header],
  [
    "items",
    "jsonb",
    (log) => JSON.stringify(log.items.map((item) => [item.passportId, item.prevHead, item.recordHash])),
  ],
  ["declined", "text", (log) => formatBitmap(log.declined)],
  ["applied", "text", (log) => formatBitmap(log.applied)],
  ["signatures", "text", (log) => log.signatures],
];

const STEP_COLUMNS: Columns<StoredStep> = [
  ["passport_id", "text", (step) => step.passportId],
  ["sequence", "int", (step) => step.sequence],
  ["digest", "text", (step) => step.digest],
  ["position", "int", (step) => step.position],
  ["kind", "text", (step) => step.event.kind],
  ["actor", "int", (step) => step.event.actor],
  ["counterparty", "int", (step) => step.event.counterparty],
  ["occurred_at", "bigint", (step) => step.event.occurredAt],
  ["prev_head", "text", (step) => step.prevHead],
  ["head", "text", (step) => step.after.head],
  ["record_hash", "text", (step) => step.recordHash],
  ["custodian", "int", (step) => step.after.custodian],
  ["phase", "text", (step) => step.after.phase],
  ["moved", "bool", (step) => step.after.moved],
  ["block_number", "int", (step) => step.place.blockNumber],
  ["log_index", "int", (step) => step.place.logIndex],
];

/**
 * Steps, and the passports' states after the last of them, which are read off the rows: to send them too would cost as much
 * again. The issuer is the id's first 24 bits; the hold flag is not a step's to change.
 */
async function insertSteps(tx: Transaction, steps: readonly StoredStep[]): Promise<void> {
  await insertRows(
    tx,
    "chain_custody_step",
    STEP_COLUMNS,
    steps,
    "RETURNING *",
    (insertion) => `WITH step AS (${insertion})
      INSERT INTO chain_passport (id, issuer, head, custodian, phase, moved, held, length, minted_block, changed_block)
      SELECT DISTINCT ON (passport_id) passport_id, ('x' || substr(passport_id, 3, 6))::bit(24)::int, head, custodian,
        phase, moved, false, sequence + 1, min(block_number) OVER (PARTITION BY passport_id), block_number
      FROM step ORDER BY passport_id, sequence DESC
      ON CONFLICT (id) DO UPDATE SET head = excluded.head, custodian = excluded.custodian, phase = excluded.phase,
        moved = excluded.moved, length = excluded.length, changed_block = excluded.changed_block`,
  );
}

async function projectHolds(tx: Transaction, logs: readonly (LogOf<"Held"> | LogOf<"Released">)[]): Promise<void> {
  const columns: Columns<LogOf<"Held"> | LogOf<"Released">> = [
    ...PLACE,
    ["passport_id", "text", (log) => log.passportId],
    ["held", "bool", (log) => log.name === "Held"],
    ["regulator", "int", (log) => log.regulator],
    ["counter", "bigint", (log) => log.counter],
    ["until", "bigint", (log) => (log.name === "Held" ? log.until : null)],
    ["reason_hash", "text", (log) => log.reasonHash],
    ["signatures", "text", (log) => (log.name === "Held" ? log.signature : log.signatures)],
  ];
  await insertRows(tx, "chain_hold", columns, logs);
  if (logs.length > 0) await refreshHolds(tx, [...new Set(logs.map((log) => log.passportId))]);
}

/** Flag and end as the last log of each passport says. */
async function refreshHolds(tx: Transaction, ids: readonly PassportId[]): Promise<void> {
  await tx.query(
    `UPDATE chain_passport p SET held = coalesce(last.held, false), held_until = last.until
       FROM unnest($1::text[]) AS wanted(id) LEFT JOIN LATERAL (SELECT h.held, h.until FROM chain_hold h
         WHERE h.passport_id = wanted.id ORDER BY h.block_number DESC, h.log_index DESC LIMIT 1) last ON true
      WHERE p.id = wanted.id`,
    [ids],
  );
}

/**
 * Undoes every block above `to`: rows of orphaned blocks go, and what they had changed is derived from what remains.
 * @returns the digests of custody events that had been applied there
 */
export async function undoBlocks(tx: Transaction, to: number): Promise<Hash[]> {
  const deleted = async (table: string, column: string): Promise<unknown[]> => {
    const { rows } = await tx.query(`DELETE FROM ${table} WHERE block_number > $1 RETURNING ${column} AS value`, [to]);
    return [...new Set(rows.map((row: { value: unknown }) => row.value))];
  };
  const passports = (await deleted("chain_custody_step", "passport_id")) as PassportId[];
  const participants = (await deleted("chain_participant_change", "participant_id")) as number[];
  const held = (await deleted("chain_hold", "passport_id")) as PassportId[];
  const digests = (await deleted("chain_custody_log", "digest")) as Hash[];
  for (const table of ["chain_rejection", "chain_proposal", "chain_governor_set", "chain_succession"]) {
    await deleted(table, "log_index");
  }
  await undoAnchors(tx, to);
  await tx.query("DELETE FROM chain_block WHERE number > $1", [to]);
  await restorePassports(tx, passports);
  await refreshHolds(tx, [...new Set([...passports, ...held])]);
  await refreshParticipants(tx, participants);
  return digests;
}

async function restorePassports(tx: Transaction, ids: readonly PassportId[]): Promise<void> {
  await tx.query(
    `WITH last AS (SELECT DISTINCT ON (passport_id) * FROM chain_custody_step WHERE passport_id = ANY($1)
       ORDER BY passport_id, sequence DESC),
     gone AS (DELETE FROM chain_passport WHERE id = ANY($1) AND id NOT IN (SELECT passport_id FROM last))
     UPDATE chain_passport p SET head = last.head, custodian = last.custodian, phase = last.phase, moved = last.moved,
       length = last.sequence + 1, changed_block = last.block_number FROM last WHERE p.id = last.passport_id`,
    [ids],
  );
}

/** Drops headers that finality made useless: those below the finalized block without logs of ours. */
export async function pruneBlocks(tx: Transaction, finalizedNumber: number): Promise<void> {
  await tx.query("DELETE FROM chain_block WHERE number < $1 AND logs = 0", [finalizedNumber]);
}
