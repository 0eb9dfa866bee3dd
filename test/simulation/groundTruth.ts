import { expect } from "chai";
import { readChainView } from "../../backend/chain/readChainView.ts";
import { isDeclined } from "../../backend/domain/custody/events.ts";
import { recoverSigner } from "../../backend/domain/signatures.ts";
import type { PassportId } from "../../backend/domain/types.ts";
import { chainQuestionFor, verifyEvidence } from "../../backend/domain/verification/verifyEvidence.ts";
import { createAnchorTrees } from "../../backend/services/anchors/anchorTrees.ts";
import { readEvidence } from "../../backend/services/passports/readEvidence.ts";
import type { TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { catchUp, dumpProjection, followerOf } from "../workers/followerFixture.ts";
import type { SimulatedOperator } from "./simulatedOperator.ts";
import type { Told } from "./story.ts";

/** An event with who promised it. */
export type Posted = {
  readonly told: Told;
  readonly promisedBy: SimulatedOperator[];
  /** A rival was posted elsewhere: it may be rejected for good. */
  readonly contested: boolean;
  unknownAt?: SimulatedOperator;
  /** As first answered, by operator. */
  receipts?: Readonly<Record<string, string>>;
};

/**
 * Holds what both operators believe against the chain itself and against a follower that saw none of it.
 * @returns how many items were applied, and how many finally rejected
 */
export async function requireTruth(
  contract: TestContract,
  operators: readonly SimulatedOperator[],
  posted: readonly Posted[],
  passports: readonly PassportId[],
): Promise<{ applied: number; rejected: number }> {
  const fresh = await createDatabase();
  try {
    await catchUp(followerOf(fresh, contract));
    const truth = await dumpProjection(fresh);
    for (const { name, database } of operators) {
      expect(await dumpProjection(database), `the tables of ${name} (I2, I5, I8)`).to.deep.equal(truth);
      await requireNonces(database, name);
    }
    await requireHeads(contract, fresh, passports);
    const ends = await requirePromises(fresh, posted);
    for (const { database } of operators) await requireVerified(contract, database);
    return ends;
  } finally {
    await fresh.drop();
  }
}

async function requireNonces({ pool }: TestDatabase, name: string): Promise<void> {
  const { rows } = await pool.query(
    "SELECT sender, nonce FROM attempt GROUP BY 1, 2 HAVING count(DISTINCT submission_id) > 1",
  );
  expect(rows, `submissions of ${name} that share a nonce (I6)`).to.deep.equal([]);
  const { rows: many } = await pool.query("SELECT submission_id FROM attempt GROUP BY 1 HAVING count(*) > 12");
  expect(many, `submissions of ${name} with too many attempts (I9)`).to.deep.equal([]);
}

/** The heads that the contract itself holds. */
async function requireHeads(contract: TestContract, database: TestDatabase, passports: readonly PassportId[]) {
  const question = { passportIds: passports, participantIds: [], events: [], signers: [], anchors: [] };
  const view = await readChainView([contract.rpc], contract.contract, question, "latest");
  if ("unavailable" in view) throw new Error(view.unavailable);
  const { rows } = await database.pool.query<{ id: PassportId; head: string; phase: string; custodian: number }>(
    "SELECT id, head, phase, custodian FROM chain_passport",
  );
  const followed = new Map(rows.map((row) => [row.id, row]));
  for (const id of passports) {
    const held = view.passports.get(id);
    const row = followed.get(id);
    expect(row?.phase ?? "none", `the phase of ${id}`).to.equal(held?.phase);
    if (row !== undefined) {
      expect({ head: row.head, custodian: row.custodian }, `the state of ${id}`).to.deep.equal({
        head: held?.head,
        custodian: held?.custodian,
      });
    }
  }
}

/** I1 and I3: every promised item was applied once, or is finally rejected where a rival or a refused predecessor won. */
async function requirePromises(chain: TestDatabase, posted: readonly Posted[]) {
  let applied = 0;
  let rejected = 0;
  for (const { told, promisedBy } of posted) {
    const onChain = await positionsOf(chain, told);
    for (const { database, name } of promisedBy) {
      const { rows } = await database.pool.query<{ position: number; state: string; reason: string | null }>(
        "SELECT position, state, reason FROM accepted_item WHERE digest = $1 ORDER BY position",
        [told.digest],
      );
      expect(rows, `${told.digest} at ${name} (I1)`).to.have.length(told.signed.items.length);
      for (const { position, state, reason } of rows) {
        const where = `item ${position} of ${told.signed.kind} ${told.digest} at ${name}`;
        const ended = isDeclined(told.signed.declined, position)
          ? "declined"
          : onChain.has(position)
            ? "applied"
            : "rejected";
        expect(state, where).to.equal(ended);
        if (state === "rejected") expect(reason, `${where}: the reason`).to.be.a("string");
        if (state === "applied") applied += 1;
        if (state === "rejected") rejected += 1;
      }
    }
  }
  return { applied, rejected };
}

async function positionsOf({ pool }: TestDatabase, { digest }: Told): Promise<Set<number>> {
  const { rows } = await pool.query<{ position: number; times: number }>(
    "SELECT position, count(*)::int AS times FROM chain_custody_step WHERE digest = $1 GROUP BY 1",
    [digest],
  );
  for (const { position, times } of rows) expect(times, `item ${position} of ${digest} applied (I3)`).to.equal(1);
  return new Set(rows.map(({ position }) => position));
}

/** I10, the other way round: of what is whole and final, nothing fails. Records that went to the other operator miss. */
async function requireVerified(contract: TestContract, database: TestDatabase): Promise<void> {
  const { rows } = await database.pool.query<{ id: PassportId }>(
    "SELECT id FROM chain_passport JOIN identifier ON passport_id = id ORDER BY length DESC, id LIMIT 1",
  );
  const passportId = rows[0]?.id;
  if (passportId === undefined) return;
  const anchorTrees = createAnchorTrees();
  const bundle = await readEvidence({ database, deployment: contract, anchorTrees, recoverSigner }, passportId);
  const question = chainQuestionFor(bundle, contract);
  if (question === null) throw new Error("the evidence is malformed");
  const view = await readChainView([contract.rpc], contract.contract, question);
  const report = verifyEvidence(bundle, view, contract, { subject: { passportId } });
  const failed = report.checks
    .filter(({ status }) => status === "failed")
    .map(({ check, reason }) => `${check}: ${reason}`);
  expect(failed, `the evidence of ${passportId}`).to.deep.equal([]);
}
