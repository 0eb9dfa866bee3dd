import { ZERO_HASH } from "../domain/bytes.ts";
import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import type { Transaction } from "./database.ts";
import { type Columns, insertRows } from "./insertRows.ts";
import { type LogOf, logsNamed, noteMissingRecords, PLACE } from "./projectedLogs.ts";

/** The projection's half that says who may act: governors, proposals, participants and their histories. */
export async function insertRegistry(tx: Transaction, logs: readonly DecodedLog[]): Promise<void> {
  for (const log of logsNamed(logs, "GovernorsSet")) {
    await tx.query("INSERT INTO chain_governor_set VALUES ($1, $2, $3, $4, $5)", [
      log.blockNumber,
      log.logIndex,
      log.governors,
      log.threshold,
      log.registryHead,
    ]);
  }
  for (const log of logsNamed(logs, "SucceededBy")) {
    await tx.query("INSERT INTO chain_succession VALUES ($1, $2, $3)", [log.blockNumber, log.logIndex, log.successor]);
  }
  const proposals: Columns<LogOf<"ProposalExecuted">> = [
    ...PLACE,
    ["digest", "text", (log) => log.digest],
    ["kind", "text", (log) => log.proposal.kind],
    ["proposal", "jsonb", (log) => JSON.stringify(log.proposal)],
    ["registry_head", "text", (log) => log.registryHead],
    ["signatures", "text", (log) => log.signatures],
  ];
  await insertRows(tx, "chain_proposal", proposals, logsNamed(logs, "ProposalExecuted"));
  await insertParticipantChanges(tx, logsNamed(logs, "ParticipantChanged"));
}

async function insertParticipantChanges(tx: Transaction, logs: readonly LogOf<"ParticipantChanged">[]): Promise<void> {
  const { rows } = await tx.query(
    `SELECT participant_id AS id, count(*)::int AS length FROM chain_participant_change
     WHERE participant_id = ANY($1) GROUP BY participant_id`,
    [logs.map((log) => log.participantId)],
  );
  const lengths = new Map<number, number>(rows.map((row: { id: number; length: number }) => [row.id, row.length]));
  const numbered = logs.map((log) => {
    const sequence = lengths.get(log.participantId) ?? 0;
    lengths.set(log.participantId, sequence + 1);
    return { ...log, sequence };
  });
  const columns: Columns<(typeof numbered)[number]> = [
    ...PLACE,
    ["participant_id", "int", (log) => log.participantId],
    ["sequence", "int", (log) => log.sequence],
    ["cause", "text", (log) => log.cause],
    ["account", "text", (log) => log.account],
    ["signer", "text", (log) => log.signer],
    ["roles", "int", (log) => log.roles],
    ["active", "bool", (log) => log.active],
    ["record_hash", "text", (log) => log.recordHash],
    ["changed_at", "bigint", (log) => log.changedAt],
    ["head", "text", (log) => log.participantHead],
  ];
  await insertRows(tx, "chain_participant_change", columns, numbered);
  await noteMissingRecords(
    tx,
    logs.map((log) => log.recordHash).filter((hash) => hash !== ZERO_HASH),
  );
}

/** Participants as their last remaining change says; one without any was never admitted. */
export async function refreshParticipants(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `WITH last AS (SELECT DISTINCT ON (participant_id) * FROM chain_participant_change WHERE participant_id = ANY($1)
       ORDER BY participant_id, sequence DESC),
     gone AS (DELETE FROM chain_participant WHERE id = ANY($1) AND id NOT IN (SELECT participant_id FROM last))
     INSERT INTO chain_participant (id, account, signer, roles, active, record_hash, head, changed_block)
     SELECT participant_id, account, signer, roles, active, record_hash, head, block_number FROM last
     ON CONFLICT (id) DO UPDATE SET account = excluded.account, signer = excluded.signer, roles = excluded.roles,
       active = excluded.active, record_hash = excluded.record_hash, head = excluded.head,
       changed_block = excluded.changed_block`,
    [ids],
  );
}
