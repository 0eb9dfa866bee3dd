import { randomBytes } from "node:crypto";
import { requireAcceptable } from "../../../backend/domain/anchors/acceptDataRecord.ts";
import {
  type DataRecord,
  dataRecordDigest,
  parseSignedDataRecord,
  type SignedDataRecord,
} from "../../../backend/domain/anchors/dataRecord.ts";
import { opensSubject } from "../../../backend/domain/anchors/opensSubject.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { issuerOf } from "../../../backend/domain/identifiers/passportId.ts";
import { buildCheckedRecord } from "../../../backend/domain/records/buildCheckedRecord.ts";
import { formatJsonPath, parseJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import type { Hash, JsonObject, JsonValue, PassportId, UnixTime } from "../../../backend/domain/types.ts";
import { fieldsOf, listOf } from "../operator/answers.ts";
import type { Actor, Session } from "../session.ts";
import { readStates } from "./readStates.ts";
import { type SubmittedRecord, standingsOf } from "./signEvent.ts";

/** A signed data record, as `POST /v1/data-records` takes it. */
export type DataRecordSubmission = SubmittedRecord & { readonly digest: Hash; readonly dataRecord: SignedDataRecord };

const random = (length: number) => new Uint8Array(randomBytes(length));

export const dataRecordJson = ({ dataRecord, record, disclosures }: DataRecordSubmission) => ({
  dataRecord,
  record,
  disclosures,
});

/**
 * Makes a data record about a passport or another subject, judges it as an operator will, and signs the digest that was computed here. All
 * of the record is withheld, its kind too.
 * @param fields with `kind`, by the rules of that kind
 * @throws DomainError `record-fields-invalid`, `data-kind-unknown`, and those of `requireAcceptable`
 */
export async function signDataRecord(
  session: Session,
  actor: Actor,
  subjectId: PassportId,
  fields: JsonObject,
  occurredAt: UnixTime = session.now(),
): Promise<DataRecordSubmission> {
  const { hash, record, disclosures } = buildCheckedRecord("data/1", { ...fields, subject: subjectId }, random);
  const unsigned: DataRecord = { subjectId, author: actor.participant.id, occurredAt, recordHash: hash };
  const digest = dataRecordDigest(session.separator, unsigned);
  const dataRecord = { ...unsigned, signature: actor.signer.sign(digest) };
  requireAcceptable(dataRecord, actor.signer.address, {
    now: session.now(),
    participants: standingsOf([actor.participant]),
    subjectExists: opensSubject(unsigned, fields.kind) || (await subjectExists(session, subjectId)),
  });
  return { digest, dataRecord, record, disclosures };
}

/** Whether it is a passport, or something else that its issuer has recorded. */
async function subjectExists(session: Session, subjectId: PassportId): Promise<boolean> {
  if ((await readStates(session, [subjectId])).has(subjectId)) return true;
  if (issuerOf(subjectId) === 0) return false;
  const path = `/v1/data-records?subject=${subjectId}&author=${issuerOf(subjectId)}&limit=1`;
  return listOf(fieldsOf(await session.operator.get(path), "page").dataRecords, "dataRecords").length > 0;
}

/** One field of the record that is corrected, and what is right. */
export type Correction = { readonly path: string; readonly value: JsonValue };

/**
 * The fields of a correction of a data record of the actor's own, and the passport it is about. Nothing is rewritten:
 * the correction stands beside what it corrects.
 * @throws DomainError `correction-not-by-author`, `json-path-malformed`, `operator-answer-malformed`, and those of the
 *   operator
 */
export async function prepareCorrection(
  session: Session,
  actor: Actor,
  supersedes: Hash,
  corrections: readonly Correction[],
  reason?: string,
): Promise<{ readonly subjectId: PassportId; readonly fields: JsonObject }> {
  const answer = fieldsOf(await session.operator.get(`/v1/data-records/${supersedes}`), "data record");
  const corrected = parseSignedDataRecord(answer.dataRecord);
  if (dataRecordDigest(session.separator, corrected) !== supersedes) {
    const message = "The operator answered with another data record than the one that was asked for.";
    throw new DomainError("operator-answer-malformed", message, { supersedes });
  }
  const { author, subjectId } = corrected;
  if (author !== actor.participant.id) {
    const message = `The data record is by participant ${author}: only its author corrects it.`;
    throw new DomainError("correction-not-by-author", message, {
      supersedes,
      author,
      participant: actor.participant.id,
    });
  }
  const fields = {
    kind: "correction",
    supersedes,
    corrections: corrections.map(({ path, value }) => ({ path: formatJsonPath(parseJsonPath(path)), value })),
    ...(reason === undefined ? {} : { reason }),
  };
  return { subjectId, fields };
}
