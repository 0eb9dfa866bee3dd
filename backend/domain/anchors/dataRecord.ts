import { keccakText, parseBytes, parseHash, parsePassportId } from "../bytes.ts";
import { MAX_SIGNATURE_BYTES } from "../custody/events.ts";
import { keccakWords, typedDataDigest } from "../eip712.ts";
import { DomainError } from "../errors.ts";
import type { Hash, Hex, ParticipantId, PassportId, UnixTime } from "../types.ts";

/** What an author signs about a subject. It moves no head, and what kind of record it is stands nowhere in it. */
export type DataRecord = {
  /** A passport, or another subject with an id derived in the same way. */
  readonly subjectId: PassportId;
  readonly author: ParticipantId;
  /** When it was observed, as the author says: a claim, never a sort key. */
  readonly occurredAt: UnixTime;
  readonly recordHash: Hash;
};

export type SignedDataRecord = DataRecord & {
  /** The author's; a contract wallet's may be longer than 65 bytes. */
  readonly signature: Hex;
};

/** The EIP-712 primary type: what the author's wallet shows. */
export const DATA_RECORD_TYPE = "DataRecord(bytes20 subjectId,uint24 author,uint40 occurredAt,bytes32 recordHash)";
const DATA_RECORD_TYPEHASH = keccakText(DATA_RECORD_TYPE);

/** EIP-712 digest of a data record: its identity, and what its author signs. */
export function dataRecordDigest(separator: Uint8Array, record: DataRecord): Hash {
  return typedDataDigest(
    separator,
    keccakWords(DATA_RECORD_TYPEHASH, record.subjectId, record.author, record.occurredAt, record.recordHash),
  );
}

const FIELDS = ["subjectId", "author", "occurredAt", "recordHash", "signature"];

/**
 * unknown → signed data record. Throws `data-record-malformed` or `hex-malformed` with the field's path.
 * Attacker-controlled: every field; nothing here says that the signature is right or the author admitted.
 */
export function parseSignedDataRecord(value: unknown, field = "dataRecord"): SignedDataRecord {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DomainError("data-record-malformed", `${field} must be an object.`, { field });
  }
  const raw = value as Record<string, unknown>;
  const unknown = Object.keys(raw).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    throw new DomainError("data-record-malformed", `${field} has no field ${JSON.stringify(unknown)}.`, { field });
  }
  const signature = parseBytes(raw.signature, MAX_SIGNATURE_BYTES, `${field}.signature`);
  if (signature === "0x") {
    throw new DomainError("data-record-malformed", `${field} is not signed.`, { field: `${field}.signature` });
  }
  return {
    subjectId: parsePassportId(raw.subjectId, `${field}.subjectId`),
    author: uint(raw.author, 1, 0xffffff, `${field}.author`),
    occurredAt: uint(raw.occurredAt, 0, 0xffffffffff, `${field}.occurredAt`),
    recordHash: parseHash(raw.recordHash, `${field}.recordHash`),
    signature,
  };
}

function uint(value: unknown, min: number, max: number, field: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new DomainError("data-record-malformed", `${field} must be a whole number from ${min} to ${max}.`, { field });
}
