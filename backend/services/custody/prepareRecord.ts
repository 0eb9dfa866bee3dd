import type { CustodyKind } from "../../domain/custody/events.ts";
import { DomainError } from "../../domain/errors.ts";
import { canonicalBytes, MAX_RECORD_BYTES } from "../../domain/records/canonicalJson.ts";
import { requireRecordFields } from "../../domain/records/checkRecordFields.ts";
import { hashOfCid, isCid } from "../../domain/records/cid.ts";
import { reveal } from "../../domain/records/disclosures.ts";
import { fieldsOutsideAllowList, type ParsedRecord, readRecord } from "../../domain/records/parseRecord.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import { kindOfType } from "../../domain/records/recordTypes.ts";
import type { Hash, JsonObject, PassportId } from "../../domain/types.ts";

/**
 * What was signed about a record: all that the record must agree with. `kind` is that of the custody event, `data`, or `model`;
 * the record has any version of that type.
 */
export type SignedAbout = {
  readonly kind: CustodyKind | "data" | "model";
  readonly subject: PassportId;
  readonly recordHash: Hash;
};

/** A record as it comes in. Attacker-controlled: every byte. */
export type UnverifiedRecord = { readonly record: JsonObject; readonly disclosures: readonly string[] };

export type PreparedDisclosure = {
  readonly digest: string;
  readonly text: string;
  /** The attachment that the field names by its CID. */
  readonly attachment?: Hash | undefined;
  /** As the database keeps it, where that was made ready already: see `sealRecord`. */
  readonly sealed?: Uint8Array;
};

export type PreparedRecord = {
  readonly hash: Hash;
  /** Canonical JSON: what is published. */
  readonly bytes: Uint8Array;
  readonly record: ParsedRecord;
  readonly disclosures: readonly PreparedDisclosure[];
};

/** With all that the record says, as far as it was disclosed. */
export type RevealedRecord = PreparedRecord & { readonly content: JsonObject };

/**
 * Checks a record against what was signed about it, its type's allow-list and its fields' rules.
 * @throws DomainError of the records' parsers, `record-too-large`, `record-hash-mismatch`, `record-type-mismatch`,
 *   `record-subject-mismatch`, `record-field-not-public`, and those of `requireRecordFields`
 */
export function prepareRecord(signed: SignedAbout, { record: payload, disclosures }: UnverifiedRecord): RevealedRecord {
  const bytes = canonicalBytes(payload);
  if (bytes.length > MAX_RECORD_BYTES) {
    throw new DomainError("record-too-large", "The record has more bytes than allowed.", {
      maxBytes: MAX_RECORD_BYTES,
    });
  }
  const hash = recordHash(bytes);
  if (hash !== signed.recordHash) {
    throw new DomainError("record-hash-mismatch", "The record's canonical bytes have another hash than was signed.", {
      signed: signed.recordHash,
      found: hash,
    });
  }
  const record = readRecord(payload);
  requireAbout(record, signed);
  const outside = fieldsOutsideAllowList(record);
  if (outside.length > 0) {
    throw new DomainError("record-field-not-public", "The record shows fields that its type withholds.", {
      paths: outside.slice(0, 20),
    });
  }
  const { value, disclosed } = reveal(payload, disclosures);
  requireRecordFields(record.type, value);
  return {
    hash,
    bytes,
    record,
    content: value,
    disclosures: disclosed.map(({ digest, disclosure, value }) => ({
      digest,
      text: disclosure,
      attachment: typeof value === "string" && isCid(value) ? hashOfCid(value) : undefined,
    })),
  };
}

function requireAbout(record: ParsedRecord, signed: SignedAbout): void {
  if (kindOfType(record.type) !== signed.kind) {
    throw new DomainError("record-type-mismatch", `The record must be of the type ${signed.kind}.`, {
      type: record.type,
    });
  }
  if (record.type === "participant/1" || record.subject !== signed.subject) {
    throw new DomainError("record-subject-mismatch", "The record is about something else than what was signed.", {
      subject: signed.subject,
    });
  }
}
