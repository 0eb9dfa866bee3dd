import { type AcceptView, advance, type Candidate, type PromisedItem } from "../../domain/custody/accept.ts";
import { hasCounterparty, mayCreate } from "../../domain/custody/events.ts";
import { NO_PASSPORT, type PassportState } from "../../domain/custody/state.ts";
import type { IdentifierPrefix } from "../../domain/identifiers/identifierPrefix.ts";
import { parseRecord } from "../../domain/records/parseRecord.ts";
import type { Address, Hash, Head, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";

/** An accept view whose states may be advanced while a batch is decided, and what issuers may mint under. */
export type BatchView = AcceptView & {
  readonly states: Map<PassportId, PassportState>;
  /** Prefixes from the current record of each participant that creates passports; absent when that record is not here yet. */
  readonly prefixes: ReadonlyMap<ParticipantId, readonly IdentifierPrefix[]>;
};

/**
 * Reads what deciding about a batch needs: participants, governors, and the state of every passport, advanced by what
 * this operator promised already. To be called inside the transaction that holds the accept counter's lock.
 */
export async function readAcceptView(
  tx: Transaction,
  candidates: readonly Pick<Candidate, "event">[],
  now: UnixTime,
): Promise<BatchView> {
  const passportIds = new Set<PassportId>();
  const participantIds = new Set<ParticipantId>();
  const issuers = new Set<ParticipantId>();
  for (const { event } of candidates) {
    participantIds.add(event.actor);
    if (hasCounterparty(event.kind)) participantIds.add(event.counterparty);
    if (mayCreate(event.kind)) issuers.add(event.actor);
    for (const item of event.items) passportIds.add(item.passportId);
  }
  const states = await readStates(tx, [...passportIds], now);
  const { rows: participants } = await tx.query<{
    id: number;
    signer: Address;
    roles: number;
    active: boolean;
    record_hash: Hash;
  }>("SELECT id, signer, roles, active, record_hash FROM chain_participant WHERE id = ANY($1::int[])", [
    [...participantIds],
  ]);
  const quorum = candidates.some(({ event }) => event.kind === "reassignment") ? await readQuorum(tx) : NO_QUORUM;
  return {
    now,
    ...quorum,
    participants: new Map(participants.map((row) => [row.id, row])),
    states,
    prefixes: await readPrefixes(
      tx,
      participants.filter((row) => issuers.has(row.id)),
    ),
  };
}

const NO_QUORUM = { governors: [] as Address[], threshold: 1 };

async function readQuorum(tx: Transaction): Promise<{ governors: Address[]; threshold: number }> {
  const { rows } = await tx.query<{ governors: Address[]; threshold: number }>(
    "SELECT governors, threshold FROM chain_governor_set ORDER BY block_number DESC, log_index DESC LIMIT 1",
  );
  return rows[0] ?? NO_QUORUM;
}

type StateRow = PassportState & { readonly id: PassportId; readonly prevHead: Head | null };

/**
 * The chain's states, advanced by what is promised. One statement, so that both come from one snapshot: the follower may
 * commit at any moment, and an item that changed sides between two statements would be seen in neither. An expired hold
 * holds nothing, though nobody cleared its flag.
 */
async function readStates(
  tx: Transaction,
  ids: readonly PassportId[],
  now: UnixTime,
): Promise<Map<PassportId, PassportState>> {
  const { rows } = await tx.query<StateRow>(
    `SELECT id, NULL AS "prevHead", head, custodian, phase, moved, held AND held_until >= $2::bigint AS held
       FROM chain_passport WHERE id = ANY($1::text[])
     UNION ALL
     SELECT passport_id, prev_head, head, custodian, phase, moved, false
       FROM accepted_item WHERE passport_id = ANY($1::text[]) AND state = 'open'`,
    [ids, now],
  );
  const states = new Map<PassportId, PassportState>();
  const promised: (StateRow & PromisedItem)[] = [];
  for (const row of rows) {
    const { id, prevHead, head, custodian, phase, moved, held } = row;
    if (prevHead === null) states.set(id, { head, custodian, phase, moved, held });
    else promised.push({ ...row, prevHead });
  }
  for (const [id, items] of Map.groupBy(promised, (item) => item.id)) {
    states.set(id, advance(states.get(id) ?? NO_PASSPORT, items));
  }
  return states;
}

async function readPrefixes(
  tx: Transaction,
  issuers: readonly { id: ParticipantId; record_hash: Hash }[],
): Promise<Map<ParticipantId, readonly IdentifierPrefix[]>> {
  const prefixes = new Map<ParticipantId, readonly IdentifierPrefix[]>();
  if (issuers.length === 0) return prefixes;
  const { rows } = await tx.query<{ hash: Hash; bytes: Buffer }>(
    "SELECT hash, bytes FROM record WHERE hash = ANY($1::text[])",
    [issuers.map((row) => row.record_hash)],
  );
  const bytes = new Map(rows.map((row) => [row.hash, row.bytes]));
  for (const { id, record_hash } of issuers) {
    const found = bytes.get(record_hash);
    if (found === undefined) continue;
    const record = parseRecord(new Uint8Array(found));
    prefixes.set(id, record.type === "participant/1" ? record.identifierPrefixes : []);
  }
  return prefixes;
}
