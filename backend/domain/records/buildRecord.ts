import { DomainError } from "../errors.ts";
import type { Hash, JsonObject } from "../types.ts";
import { canonicalBytes, MAX_RECORD_BYTES } from "./canonicalJson.ts";
import { readRecord } from "./parseRecord.ts";
import { recordHash } from "./recordHash.ts";
import { publicPathsOf, type RecordType, specOf } from "./recordTypes.ts";
import { type RandomBytes, type WithholdOptions, withhold } from "./withhold.ts";

/** A record ready to be signed for, stored and, for whom it concerns, disclosed. */
export interface BuiltRecord {
  /** What is published: canonical JSON. */
  readonly bytes: Uint8Array;
  /** sha-256 of the bytes: what the custody event or data record carries. */
  readonly hash: Hash;
  readonly record: JsonObject;
  /** Protected: each opens one withheld field. */
  readonly disclosures: readonly string[];
}

/**
 * Makes a record of a type from all its fields (`subject` among them; `type` is added). What the type does not list as
 * public is withheld. Throws `record-too-large`, and the codes of `withhold` and `readRecord`; whether the fields make
 * sense is for `checkRecordFields` to say.
 */
export function buildRecord(type: RecordType, fields: JsonObject, randomBytes: RandomBytes): BuiltRecord {
  const { padTo } = specOf(type);
  const options: WithholdOptions = padTo === undefined ? {} : { padTo };
  const { record, disclosures } = withhold({ ...fields, type }, publicPathsOf(type), randomBytes, options);
  readRecord(record);
  const bytes = canonicalBytes(record);
  if (bytes.length > MAX_RECORD_BYTES) {
    throw new DomainError("record-too-large", "The record has more bytes than allowed.", {
      bytes: bytes.length,
      maxBytes: MAX_RECORD_BYTES,
    });
  }
  return { bytes, hash: recordHash(bytes), record, disclosures };
}
