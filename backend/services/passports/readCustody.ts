import type { Pool } from "pg";
import { ZERO_HEAD } from "../../domain/bytes.ts";
import type { CustodyKind } from "../../domain/custody/events.ts";
import { holdStands } from "../../domain/custody/holds.ts";
import type { Phase } from "../../domain/custody/state.ts";
import type { Hash, Head, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";
import { missingPassport } from "./missingPassport.ts";

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
  /** Of a transformation: the passports that it ended, and those that it began. */
  readonly inputs?: readonly PassportId[];
  readonly products?: readonly PassportId[];
};

/** What a regulator has stopped, from the chain's logs. */
export type StandingHold = {
  readonly counter: number;
  readonly regulator: ParticipantId;
  /** Last second of the hold. */
  readonly until: UnixTime;
  readonly reasonHash: Hash;
  /** Time of the block that holds it. */
  readonly heldAt: UnixTime;
};

export type Custody = {
  readonly passportId: PassportId;
  readonly head: Head;
  readonly phase: Phase;
  readonly custodian: ParticipantId;
  readonly held: boolean;
  /** The hold that stands now; null where none does, or it has expired. */
  readonly hold: StandingHold | null;
  /** Number of the passport's last hold, 0 if it never was held: the next one has the number after it. */
  readonly holds: number;
  readonly steps: readonly CustodyStep[];
};

type StepRow = Omit<CustodyStep, "block" | "state" | "occurredAt" | "inputs" | "products"> & {
  /** All items of a transformation, as logged. */
  readonly transformed: readonly (readonly [PassportId, Head, Hash])[] | null;
  readonly occurredAt: string;
  readonly number: number;
  readonly hash: Hash;
};

/**
 * The whole custody history of a passport, oldest first.
 * @param now unix seconds: whether a hold still stands
 * @throws DomainError `dpp-unknown`, `dpp-pending`
 */
export async function readCustody({ pool }: Database, passportId: PassportId, now: UnixTime): Promise<Custody> {
  const heights = await readHeights(pool);
  const { rows } = await pool.query<StepRow>(
    `SELECT step.sequence, step.kind, step.actor, step.counterparty, step.occurred_at AS "occurredAt",
            block.time AS "recordedAt", step.digest, step.head, step.prev_head AS "prevHead",
            step.record_hash AS "recordHash", step.custodian, step.phase, block.number, block.hash,
            log.items AS transformed
       FROM chain_custody_step AS step JOIN chain_block AS block ON block.number = step.block_number
       LEFT JOIN chain_custody_log AS log ON step.kind = 'transformation'
         AND log.block_number = step.block_number AND log.log_index = step.log_index
      WHERE step.passport_id = $1 ORDER BY step.sequence`,
    [passportId],
  );
  const lastStep = rows.at(-1);
  if (lastStep === undefined) throw await missingPassport(pool, passportId);
  const last = await readLastHold(pool, passportId);
  const stands = last !== null && holdStands(last.held, last.hold.until, now);
  return {
    passportId,
    head: lastStep.head,
    phase: lastStep.phase,
    custodian: lastStep.custodian,
    held: stands,
    hold: stands ? last.hold : null,
    holds: last?.hold.counter ?? 0,
    steps: rows.map(({ number, hash, occurredAt, transformed, ...step }) => ({
      ...step,
      ...(transformed === null ? {} : lineageOf(transformed)),
      occurredAt: Number(occurredAt),
      block: { number, hash },
      state: finalityOf(number, heights),
    })),
  };
}

function lineageOf(items: readonly (readonly [PassportId, Head, Hash])[]) {
  const idsOf = (created: boolean) =>
    items.filter(([, prevHead]) => (prevHead === ZERO_HEAD) === created).map(([passportId]) => passportId);
  return { inputs: idsOf(false), products: idsOf(true) };
}

async function readLastHold(pool: Pool, passportId: PassportId) {
  const { rows } = await pool.query<HoldRow>(
    `SELECT hold.held, hold.counter, hold.regulator, hold.until, hold.reason_hash AS "reasonHash",
            block.time AS "heldAt"
       FROM chain_hold AS hold JOIN chain_block AS block ON block.number = hold.block_number
      WHERE hold.passport_id = $1 ORDER BY hold.block_number DESC, hold.log_index DESC LIMIT 1`,
    [passportId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { held, ...hold } = row;
  return { held, hold: { ...hold, counter: Number(hold.counter), until: Number(hold.until ?? 0) } };
}

type HoldRow = Omit<StandingHold, "counter" | "until"> & {
  readonly held: boolean;
  readonly counter: string;
  readonly until: string | null;
};
