import { DomainError } from "../../../backend/domain/errors.ts";
import { decodeBatteryCode } from "../../../backend/domain/identifiers/batteryCode.ts";
import { parseDppId } from "../../../backend/domain/identifiers/dppId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import type { PassportId } from "../../../backend/domain/types.ts";
import type { Subject } from "../../../backend/domain/verification/checkIdentity.ts";
import { fieldsOf, listOf, NOT_ON_CHAIN, readAll, textOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";

/** A passport that was asked for by its id, a uid, or the code on the battery. */
export type FoundPassport = {
  readonly passportId: PassportId;
  /** What a verifier holds the evidence against: exactly what was asked for. */
  readonly subject: Subject;
  /** Every passport that claims the identifier, this one included. */
  readonly claimants: readonly PassportId[];
};

/**
 * Finds the passport that a text means. A code by GB/T 34014 may be the uid itself or stand beside another one.
 * @throws DomainError `product-unknown`, `uid-malformed` and its like
 */
export async function findPassport(operator: Operator, text: string): Promise<FoundPassport> {
  if (text.startsWith("0x") || text.startsWith("eip155:")) {
    const { passportId } = parseDppId(text.startsWith("0x") ? text.toLowerCase() : text);
    return { passportId, subject: { passportId }, claimants: [passportId] };
  }
  const uid = normaliseUid(text);
  try {
    const answer = fieldsOf(await operator.get(`/v1/dppsByProductId/${encodeURIComponent(uid)}`), "passport");
    const claimants = listOf(answer.claimants ?? [], "claimants").map((one) => idOf(fieldsOf(one, "claimant")));
    return { passportId: idOf(answer), subject: { uid }, claimants };
  } catch (error) {
    if (error instanceof DomainError && error.code === "dpp-pending") {
      const passportId = idOf(error.details); // whoever reads it is told the same again, and how far it is
      return { passportId, subject: { uid }, claimants: [passportId] };
    }
    if (!(error instanceof DomainError) || error.code !== "product-unknown" || !isBatteryCode(text)) throw error;
    return await findByCode(operator, uid, error);
  }
}

async function findByCode(operator: Operator, code: string, unknown: DomainError): Promise<FoundPassport> {
  const path = `/v1/passports?batteryCode=${encodeURIComponent(code)}`;
  const claimants = await readAll(operator, path, "passports", (one) => idOf(fieldsOf(one, "passport")));
  const [passportId] = claimants;
  if (passportId === undefined) throw unknown;
  return { passportId, subject: { passportId }, claimants };
}

const idOf = (fields: Readonly<Record<string, unknown>>): PassportId =>
  parseDppId(textOf(fields.passportId, "passportId")).passportId;

function isBatteryCode(text: string): boolean {
  try {
    decodeBatteryCode(text);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** The passports' uids as the operator lists them, for people to read; those it does not know are absent. */
export async function readUids(operator: Operator, ids: readonly PassportId[]): Promise<ReadonlyMap<string, string>> {
  const uids = new Map<string, string>();
  for (const id of ids) {
    const answer = await operator.get(`/v1/dpps/${id}`).catch((error) => {
      if (error instanceof DomainError && NOT_ON_CHAIN.has(error.code)) return {};
      throw error;
    });
    const uid = fieldsOf(answer, "passport").uniqueProductIdentifier;
    if (typeof uid === "string") uids.set(id, uid);
  }
  return uids;
}
