import type { CustodyKind } from "../../domain/custody/events.ts";
import type { Phase } from "../../domain/custody/state.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Hash, Head, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";

export type CustodyStep = {
  readonly sequence: number;
  readonly kind: CustodyKind;
  readonly actor: ParticipantId;
  readonly counterparty: ParticipantId;
  /** When it happened, as the actor says. */
  readonly occurredAt: UnixTime;
  /** Time of the block that holds it. */
  readonly recordedAt: UnixTime;
  readonly digest: Hash;
  readonly head: Head;
  readonly prevHead: Head;
  readonly recordHash: Hash;
  readonly custodian: ParticipantId;
  readonly phase: Phase;
  readonly block: { readonly number: number; readonly hash: Hash };
  readonly state: Finality;
};

export type Custody = {
  readonly passportId: PassportId;
  readonly head: Head;
  readonly phase: Phase;
  readonly custodian: ParticipantId;
  readonly held: boolean;
  readonly steps: readonly CustodyStep[];
};

type StepRow = Omit<CustodyStep, "block" | "state" | "occurredAt"> & {
  readonly occurredAt: string;
  readonly number: number;
  readonly hash: Hash;
};

/** The whole custody history of a passport, oldest first. Throws `dpp-unknown`. */
export async function readCustody({ pool }: Database, passportId: PassportId): Promise<Custody> {
  const heights = await readHeights(pool);
  const { rows } = await pool.query<StepRow>(
    `SELECT step.sequence, step.kind, step.actor, step.counterparty, step.occurred_at AS "occurredAt",
            block.time AS "recordedAt", step.digest, step.head, step.prev_head AS "prevHead",
            step.record_hash AS "recordHash", step.custodian, step.phase, block.number, block.hash
       FROM chain_custody_step AS step JOIN chain_block AS block ON block.number = step.block_number
      WHERE step.passport_id = $1 ORDER BY step.sequence`,
    [passportId],
  );
  const last = rows.at(-1);
  if (last === undefined) {
    throw new DomainError("dpp-unknown", "No passport with this id is on the chain.", { passportId });
  }
  const hold = await pool.query<{ held: boolean }>("SELECT held FROM chain_passport WHERE id = $1", [passportId]);
  return {
    passportId,
    head: last.head,
    phase: last.phase,
    custodian: last.custodian,
    held: hold.rows[0]?.held ?? false,
    steps: rows.map(({ number, hash, occurredAt, ...step }) => ({
      ...step,
      occurredAt: Number(occurredAt),
      block: { number, hash },
      state: finalityOf(number, heights),
    })),
  };
}
