import { DomainError } from "../../domain/errors.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { PassportId } from "../../domain/types.ts";
import type { ChainQuestion, ChainUnavailable, ChainView } from "../../domain/verification/chainView.ts";
import type { VerificationReport } from "../../domain/verification/report.ts";
import { chainQuestionFor, verifyEvidence } from "../../domain/verification/verifyEvidence.ts";
import type { Database } from "../../storage/database.ts";
import type { Deployment } from "../deployment.ts";
import { readHeights } from "../finality.ts";
import { readEvidence } from "./readEvidence.ts";

/** Asks the chain what a verifier must know; answers why not instead of throwing. */
export type ReadChainView = (question: ChainQuestion) => Promise<ChainView | ChainUnavailable>;

/** The report with the reminder that it is the operator's own: whoever doubts the operator verifies elsewhere. */
export type OperatorsReport = VerificationReport & { readonly verifiedBy: "operator" };

const MAX_CACHED = 1_000;

/**
 * The verifier run by this server against its own RPC, for those who want a first look. A report holds as long as head,
 * data records and finalized block do, so it is kept by these, and reading it does not reach the chain on every call. A
 * report that could not be made because the chain did not answer is not kept.
 */
export function verificationReader(dependencies: {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly readChainView: ReadChainView;
  readonly recoverSigner: RecoverSigner;
}): (passportId: PassportId) => Promise<OperatorsReport> {
  const { database, deployment, readChainView, recoverSigner } = dependencies;
  const { chainId, contract, codeHash } = deployment;
  const trustRoot = { chainId, contract, codeHash };
  const cached = new Map<string, Promise<OperatorsReport>>();

  const verify = async (passportId: PassportId): Promise<OperatorsReport> => {
    const bundle = await readEvidence(database, deployment, passportId);
    const question = chainQuestionFor(bundle, trustRoot);
    const view: ChainView | ChainUnavailable =
      question === null ? { unavailable: "the evidence is malformed", rpcs: [] } : await readChainView(question);
    const report = verifyEvidence(bundle, view, trustRoot, { subject: { passportId }, recoverSigner });
    return { verifiedBy: "operator", ...report };
  };

  return async (passportId) => {
    const { rows } = await database.pool.query<{ head: string; dataRecords: string }>(
      `SELECT head, (SELECT count(*) FROM anchored_record WHERE subject_id = $1) AS "dataRecords"
         FROM chain_passport WHERE id = $1`,
      [passportId],
    );
    const [row] = rows;
    if (row === undefined) {
      throw new DomainError("dpp-unknown", "No passport with this id is on the chain.", { passportId });
    }
    const heights = await readHeights(database.pool);
    const key = `${passportId} ${row.head} ${row.dataRecords} ${heights?.finalized}`;
    const before = cached.get(key);
    if (before !== undefined) return before;
    const report = verify(passportId);
    cached.set(key, report);
    if (cached.size > MAX_CACHED) cached.delete(cached.keys().next().value as string);
    report.then(
      ({ verdict }) => verdict === "unavailable" && cached.delete(key),
      () => cached.delete(key),
    );
    return report;
  };
}
