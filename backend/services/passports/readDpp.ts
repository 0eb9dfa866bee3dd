import type { Phase } from "../../domain/custody/state.ts";
import { DomainError } from "../../domain/errors.ts";
import { parseDppId } from "../../domain/identifiers/dppId.ts";
import { namedModel, withModel } from "../../domain/records/namedModel.ts";
import type { Hash, Head, JsonObject, PassportId, UnixTime } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import type { Deployment } from "../deployment.ts";
import { readNames } from "../participants/readNames.ts";
import { readRecords } from "../readRecords.ts";
import type { PassportContent } from "./dppDocument.ts";
import { missingPassport } from "./missingPassport.ts";

/**
 * The passport id in a `dppId`, which must belong to the contract served here. Throws `dpp-id-malformed`, and
 * `dpp-elsewhere` for a passport of another contract.
 */
export function passportIdFrom(deployment: Deployment, dppId: string): PassportId {
  const { passportId, contract } = parseDppId(dppId);
  if (contract && (contract.chainId !== deployment.chainId || contract.contract !== deployment.contract)) {
    throw new DomainError("dpp-elsewhere", "The passport belongs to another contract than the one served here.", {
      dppId,
      chainId: deployment.chainId,
      contract: deployment.contract,
    });
  }
  return passportId;
}

/**
 * A passport with its public content, now or as it stood at a moment (by block time).
 * @throws DomainError `dpp-unknown`, also for a moment before the passport existed; `dpp-pending`
 */
export async function readDpp(
  database: Database,
  passportId: PassportId,
  at: UnixTime | null,
): Promise<PassportContent> {
  const { rows } = await database.pool.query<{
    head: Head;
    phase: Phase;
    custodian: number;
    time: number;
    uid: string | null;
    mint_record: Hash;
  }>(
    `SELECT step.head, step.phase, step.custodian, block.time, identifier.uid,
            (SELECT record_hash FROM chain_custody_step WHERE passport_id = $1 ORDER BY sequence LIMIT 1) AS mint_record
       FROM chain_custody_step AS step
       JOIN chain_block AS block ON block.number = step.block_number
       LEFT JOIN identifier ON identifier.passport_id = step.passport_id
      WHERE step.passport_id = $1 AND block.time <= $2
      ORDER BY step.sequence DESC LIMIT 1`,
    [passportId, Math.min(at ?? END_OF_TIME, END_OF_TIME)],
  );
  const row = rows[0];
  if (row === undefined) throw await missingAt(database, passportId, at);
  const names = await readNames(database, [row.custodian]);
  const record = await readWithModel(database, row.mint_record);
  return {
    passportId,
    head: row.head,
    uid: row.uid,
    phase: row.phase,
    custodian: row.custodian,
    custodianName: names.get(row.custodian)?.names.en ?? null,
    changedAt: row.time,
    record,
  };
}

/** The record that made an item, with its model's data from the record that it names for them. */
async function readWithModel(database: Database, hash: Hash): Promise<JsonObject | null> {
  const record = (await readRecords(database.pool, [hash])).get(hash) ?? null;
  const named = namedModel(record);
  if (record === null || named === undefined) return record;
  return withModel(record, (await readRecords(database.pool, [named])).get(named) ?? null);
}

/** Block times are 32-bit in the tables. */
const END_OF_TIME = 2 ** 31 - 1;

async function missingAt({ pool }: Database, passportId: PassportId, at: UnixTime | null): Promise<DomainError> {
  if (at === null) return await missingPassport(pool, passportId);
  return new DomainError("dpp-unknown", "No passport with this id was on the chain at that time.", { passportId });
}
