import { chemistryLetter, decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { isPassportId, issuerOf, passportIdOf } from "../identifiers/passportId.ts";
import type { Uid } from "../types.ts";
import { breach, breachOf, isObject } from "./fieldRules.ts";
import type { FoundBreach, Relation } from "./fieldSpec.ts";

/** The subject derives from the uid, and the battery code agrees with what is declared. */
export const mintIdentity: Relation = ({ subject, uid, batteryCode, level, model }) => {
  const found: FoundBreach[] = [];
  if (isPassportId(subject) && typeof uid === "string" && passportIdOfSubject(subject, uid) !== subject) {
    found.push([["subject"], breach("subject-derives-from-uid", "The passport id does not derive from the uid.")]);
  }
  if (typeof batteryCode !== "string" || breachOf("battery-code", batteryCode)) return found;
  const code = decodeBatteryCode(batteryCode);
  if (typeof level === "string" && level !== (code.cascadeLevel ?? code.level)) {
    found.push([["level"], breach("battery-code-level", "The level differs from the battery code's.")]);
  }
  const chemistry = isObject(model) ? model.chemistry : undefined;
  const expected = typeof chemistry === "string" ? chemistryLetter(chemistry) : undefined;
  if (expected !== undefined && expected !== code.chemistry) {
    const message = "The chemistry differs from the battery code's.";
    found.push([["model", "chemistry"], breach("battery-code-chemistry", message)]);
  }
  return found;
};

function passportIdOfSubject(subject: string, uid: string): string | undefined {
  const issuer = isPassportId(subject) ? issuerOf(subject) : 0;
  return issuer === 0 ? undefined : passportIdOf(issuer, uid as Uid);
}
