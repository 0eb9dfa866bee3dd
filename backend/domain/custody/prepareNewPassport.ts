import { decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { passportIdOf } from "../identifiers/passportId.ts";
import { buildCheckedRecord } from "../records/buildCheckedRecord.ts";
import type { BuiltRecord } from "../records/buildRecord.ts";
import { newestTypeOf } from "../records/recordTypes.ts";
import type { RandomBytes } from "../records/withhold.ts";
import type { JsonObject, ParticipantId, PassportId, Uid } from "../types.ts";

/** A passport that does not exist yet: its id, and the record whose hash its issuer signs. */
export type PreparedPassport = BuiltRecord & { readonly passportId: PassportId };

/**
 * A new passport from its normalised uid and the fields of its record of creation. The level is taken from the battery
 * code where there is one and nothing else is said. Throws those of a GB/T 34014 code and of `buildCheckedRecord`;
 * whether the issuer may mint under this uid is for `judgeIssuing` to say.
 * @param kind whether it is minted, or made of others by a transformation
 */
export function prepareNewPassport(
  kind: "mint" | "transformation",
  issuer: ParticipantId,
  uid: Uid,
  fields: JsonObject,
  randomBytes: RandomBytes,
): PreparedPassport {
  const passportId = passportIdOf(issuer, uid);
  const code = typeof fields.batteryCode === "string" ? decodeBatteryCode(fields.batteryCode) : undefined;
  const level = code === undefined ? {} : { level: code.cascadeLevel ?? code.level };
  const spelled = code === undefined ? {} : { batteryCode: code.code };
  const all = { ...level, ...fields, ...spelled, uid, subject: passportId };
  return { ...buildCheckedRecord(newestTypeOf(kind), all, randomBytes), passportId };
}
