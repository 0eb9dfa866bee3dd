import { DomainError } from "../../../backend/domain/errors.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { fieldsOf, textOf } from "../operator/answers.ts";
import type { Session } from "../session.ts";
import { type DataRecordSubmission, dataRecordJson } from "./signDataRecord.ts";
import { awaitStage, STAGES, type Stage } from "./submitEvent.ts";

/** Hands a signed data record to the operator; the same one again gets the same answer. */
export async function submitDataRecord(
  { operator }: Pick<Session, "operator">,
  submission: DataRecordSubmission,
): Promise<{ readonly digest: Hash; readonly state: string; readonly receipt: unknown }> {
  const answer = fieldsOf(await operator.post("/v1/data-records", dataRecordJson(submission)), "answer");
  const { digest } = submission;
  if (answer.digest !== digest) {
    const message = "The operator answered for another data record than the one that was sent.";
    throw new DomainError("operator-answer-malformed", message, { sent: digest, answered: answer.digest });
  }
  return { digest, state: textOf(answer.state, "state"), receipt: answer.receipt ?? null };
}

/** How far a data record has come. Throws `data-record-unknown`. */
export async function dataRecordStage({ operator }: Pick<Session, "operator">, digest: Hash): Promise<Stage> {
  const { state } = fieldsOf(await operator.get(`/v1/data-records/${digest}`), "data record");
  const stage = STAGES.find((known) => known === state);
  if (stage !== undefined) return stage;
  throw new DomainError("operator-answer-malformed", "The operator names a state that there is not.", { state });
}

/** Waits until a data record is that far. Throws `wait-timeout`: it may still arrive. */
export async function awaitDataRecord(
  session: Pick<Session, "operator">,
  digest: Hash,
  wanted: Stage,
  waiting: { readonly timeoutMs: number; readonly progress: (line: string) => void },
): Promise<Stage> {
  return await awaitStage(() => dataRecordStage(session, digest), wanted, {
    ...waiting,
    what: "data record",
    details: { digest },
  });
}
