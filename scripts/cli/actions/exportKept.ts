import { exportDocument } from "../../../backend/domain/documents/exportDocument.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { reveal } from "../../../backend/domain/records/disclosures.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import { MAX_BUNDLE_BYTES, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import type { Operator } from "../operator/connectOperator.ts";
import type { DisclosedRecord } from "./disclosedRecords.ts";

/**
 * A partner's document as it came in, out of the record that the passport began with. The operator's evidence says which
 * record that is; that its disclosures belong to it is checked here.
 * @throws DomainError `record-missing`, `record-hash-mismatch`, `disclosure-unknown` and its like, `document-not-kept`,
 *   `format-unknown`
 */
export async function exportKept(
  operator: Operator,
  passportId: PassportId,
  disclosed: readonly DisclosedRecord[],
  format: string,
): Promise<string> {
  const { record, hash } = await firstRecord(operator, passportId);
  const disclosures = disclosed.filter((one) => one.recordHash === hash).flatMap((one) => one.disclosures);
  return exportDocument(reveal(record, disclosures).value, format);
}

async function firstRecord(operator: Operator, passportId: PassportId): Promise<{ record: JsonObject; hash: string }> {
  const bundle = parseBundle(await operator.getBytes(`/v1/dpps/${passportId}/evidence`, MAX_BUNDLE_BYTES));
  const step = bundle.histories.find((history) => history.passportId === passportId)?.steps[0];
  const item = step?.items[step.position];
  if (step === undefined || step.record === null || item === undefined || typeof item === "string") {
    throw new DomainError("record-missing", "The operator does not have the record that the passport began with.", {
      passportId,
    });
  }
  const found = recordHash(canonicalBytes(step.record));
  if (found !== item.recordHash) {
    const sentence = "The operator's record is not the one whose hash was signed.";
    throw new DomainError("record-hash-mismatch", sentence, { signed: item.recordHash, found });
  }
  return { record: step.record, hash: found };
}
