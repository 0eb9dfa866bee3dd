import { keccakText, toHex } from "../bytes.ts";
import { DomainError } from "../errors.ts";
import type { ParticipantId, PassportId, Uid } from "../types.ts";

const MAX_PARTICIPANT_ID = 0xff_ff_ff;
/** 136 bits: enough that nobody finds two identifiers of one issuer with the same id by chance or by work. */
const UID_HASH_BYTES = 17;

/**
 * The id of a passport: issuer (24 bits), then the first 136 bits of keccak256 of the normalised uid. The issuer is
 * part of it, so nobody can take another issuer's ids. Throws `participant-id-invalid`.
 */
export function passportIdOf(issuer: ParticipantId, uid: Uid): PassportId {
  if (!Number.isInteger(issuer) || issuer < 1 || issuer > MAX_PARTICIPANT_ID) {
    throw new DomainError("participant-id-invalid", "A participant id is a whole number from 1 to 16777215.", {
      issuer,
    });
  }
  const hash = toHex(keccakText(uid).subarray(0, UID_HASH_BYTES)).slice(2);
  return `0x${issuer.toString(16).padStart(6, "0")}${hash}` as PassportId;
}

/** The participant that issued the id. */
export function issuerOf(passportId: PassportId): ParticipantId {
  return Number.parseInt(passportId.slice(2, 8), 16);
}

/** True for `0x` and 40 lower-case hex digits. Upper case is refused: an id has one spelling. */
export function isPassportId(text: unknown): text is PassportId {
  return typeof text === "string" && /^0x[0-9a-f]{40}$/.test(text);
}
