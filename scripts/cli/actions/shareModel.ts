import { randomBytes } from "node:crypto";
import type { Item } from "../../../backend/domain/custody/events.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { buildCheckedRecord } from "../../../backend/domain/records/buildCheckedRecord.ts";
import { isObject } from "../../../backend/domain/records/fieldRules.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { usage } from "../failure.ts";
import type { Participant } from "../operator/answers.ts";
import type { SubmittedRecord } from "./signEvent.ts";

/** A model's record under its own id, and the fields of the passports that name it instead of having its data. */
export type SharedModel = {
  readonly model: SubmittedRecord & Pick<Item, "passportId" | "recordHash">;
  readonly fieldsList: readonly JsonObject[];
};

/**
 * Puts the data that all passports share under `model` into one record, under an identifier of the issuer's.
 * @throws DomainError `usage` when they have no model, or not the same; those of the uid's scheme and of the fields
 */
export function shareModel(issuer: Participant, uid: string, fieldsList: readonly JsonObject[]): SharedModel {
  const [model, ...others] = new Set(fieldsList.map((fields) => JSON.stringify(fields.model ?? null)));
  const shared = fieldsList[0]?.model;
  if (model === undefined || others.length > 0 || !isObject(shared)) {
    throw usage("--model-uid is for passports of one model: --model FILE, or the same `model` in all fields.");
  }
  const modelUid = normaliseUid(uid);
  const subject = passportIdOf(issuer.id, modelUid);
  const fields = { subject, uid: modelUid, model: shared };
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const { record, disclosures, hash } = buildCheckedRecord("model/1", fields, random);
  return {
    model: { passportId: subject, recordHash: hash, record, disclosures },
    fieldsList: fieldsList.map(({ model: _shared, ...own }) => ({ ...own, modelRecord: hash })),
  };
}
