import type { Pool } from "pg";
import type { PassportId } from "../../domain/types.ts";
import type { ChainQuestion, ChainUnavailable, ChainView } from "../../domain/verification/chainView.ts";
import type { VerificationReport } from "../../domain/verification/report.ts";
import { chainQuestionFor, verifyEvidence } from "../../domain/verification/verifyEvidence.ts";
import { gatherLookUps } from "../gatherLookUps.ts";
import type { ServiceDependencies } from "../serviceDependencies.ts";
import { missingPassport } from "./missingPassport.ts";
import { readEvidence } from "./readEvidence.ts";

/** Asks the chain what a verifier must know; answers why not instead of throwing. */
export type ReadChainView = (question: ChainQuestion) => Promise<ChainView | ChainUnavailable>;

/** The report with the reminder that it is the operator's own: whoever doubts the operator verifies elsewhere. */
export type OperatorsReport = VerificationReport & { readonly verifiedBy: "operator" };

const MAX_CACHED = 1_000;

/**
 * The verifier run by this server against its own RPC, for those who want a first look. A report holds as long as head,
 * data records and finalized block do, so it is kept by these, as bytes, and reading it does not reach the chain on every
 * call. A report that could not be made because the chain did not answer is not kept.
 * @returns reads a report as JSON; throws `dpp-unknown`, `dpp-pending`
 */
export function verificationReader(
  dependencies: Pick<
    ServiceDependencies,
    "database" | "deployment" | "anchorTrees" | "readChainView" | "recoverSigner"
  >,
): (passportId: PassportId) => Promise<Uint8Array> {
  const { database, deployment, readChainView, recoverSigner } = dependencies;
  const { chainId, contract, codeHash } = deployment;
  const trustRoot = { chainId, contract, codeHash };
  const cached = new Map<string, Promise<Uint8Array>>();
  const readPlace = gatherLookUps((ids: readonly PassportId[]) => readPlaces(database.pool, ids));

  const verify = async (passportId: PassportId): Promise<OperatorsReport> => {
    const bundle = await readEvidence(dependencies, passportId);
    const question = chainQuestionFor(bundle, trustRoot);
    const view: ChainView | ChainUnavailable =
      question === null ? { unavailable: "the evidence is malformed", rpcs: [] } : await readChainView(question);
    const report = verifyEvidence(bundle, view, trustRoot, { subject: { passportId }, recoverSigner });
    return { verifiedBy: "operator", ...report };
  };

  const make = async (passportId: PassportId, key: string): Promise<Uint8Array> => {
    try {
      const report = await verify(passportId);
      if (report.verdict === "unavailable") cached.delete(key);
      return Buffer.from(JSON.stringify(report));
    } catch (error) {
      cached.delete(key);
      throw error;
    }
  };

  return async (passportId) => {
    const place = await readPlace(passportId);
    if (place === undefined) throw await missingPassport(database.pool, passportId);
    const key = `${passportId} ${place}`;
    const before = cached.get(key);
    if (before !== undefined) return before;
    const report = make(passportId, key);
    cached.set(key, report);
    if (cached.size > MAX_CACHED) cached.delete(cached.keys().next().value as string);
    return report;
  };
}

/** What a report depends on, in one word a passport: head, data records, and what is final. */
async function readPlaces(pool: Pool, ids: readonly PassportId[]): Promise<Map<PassportId, string>> {
  const { rows } = await pool.query<{ id: PassportId; place: string }>(
    `SELECT id, concat_ws(' ', head, (SELECT count(*) FROM anchored_record WHERE subject_id = id),
       (SELECT finalized_number FROM chain_cursor)) AS place
     FROM chain_passport WHERE id = ANY($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, place }) => [id, place]));
}
