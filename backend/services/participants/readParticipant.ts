import { DomainError } from "../../domain/errors.ts";
import { type Role, roleNames } from "../../domain/participants/roles.ts";
import type { Address, Hash, ParticipantId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";
import { type ListedParticipant, type ParticipantRow, withRecords } from "./listParticipants.ts";

/** A change with the state after it, as the contract logged it. */
export type ListedChange = {
  readonly cause: Hash;
  readonly account: Address;
  readonly signer: Address;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly recordHash: Hash;
  readonly changedAt: UnixTime;
  readonly head: Hash;
  readonly blockNumber: number;
  readonly state: Finality;
};

type ChangeRow = Omit<ListedChange, "roles" | "changedAt" | "state"> & {
  readonly roles: number;
  readonly changedAt: string;
};

/** A participant with its whole history, oldest first. Throws `participant-not-found`. */
export async function readParticipant(
  { pool }: Database,
  id: ParticipantId,
): Promise<ListedParticipant & { readonly history: readonly ListedChange[] }> {
  const { rows } = await pool.query<ParticipantRow>(
    `SELECT id, account, signer, roles, active, record_hash AS "recordHash", head FROM chain_participant WHERE id = $1`,
    [id],
  );
  const [participant] = await withRecords({ pool }, rows);
  if (participant === undefined) {
    throw new DomainError("participant-not-found", "No participant has this id.", { participantId: id });
  }
  const heights = await readHeights(pool);
  const changes = await pool.query<ChangeRow>(
    `SELECT cause, account, signer, roles, active, record_hash AS "recordHash", changed_at AS "changedAt", head,
            block_number AS "blockNumber"
       FROM chain_participant_change WHERE participant_id = $1 ORDER BY sequence`,
    [id],
  );
  const history = changes.rows.map((row) => ({
    ...row,
    roles: roleNames(row.roles),
    changedAt: Number(row.changedAt),
    state: finalityOf(row.blockNumber, heights),
  }));
  return { ...participant, history };
}
