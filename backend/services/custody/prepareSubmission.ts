import type { Candidate } from "../../domain/custody/accept.ts";
import {
  type CustodyKind,
  hasCounterparty,
  type Item,
  parseSignedCustodyEvent,
  type SignedCustodyEvent,
} from "../../domain/custody/events.ts";
import { acceptanceDigest, hashEvent, isCreated } from "../../domain/custody/hashEvent.ts";
import { DomainError } from "../../domain/errors.ts";
import { canonicalBytes, MAX_RECORD_BYTES } from "../../domain/records/canonicalJson.ts";
import { requireRecordFields } from "../../domain/records/checkRecordFields.ts";
import { reveal } from "../../domain/records/disclosures.ts";
import {
  fieldsOutsideAllowList,
  isCreationRecord,
  type ParsedRecord,
  readRecord,
} from "../../domain/records/parseRecord.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hash, Hex, JsonObject } from "../../domain/types.ts";

/** A signed event and the records behind its items, one per item in item order. Attacker-controlled: every byte. */
export type UnverifiedSubmission = {
  readonly event: unknown;
  readonly records: readonly { readonly record: JsonObject; readonly disclosures: readonly string[] }[];
};

export type PreparedRecord = {
  readonly hash: Hash;
  /** Canonical JSON: what is published. */
  readonly bytes: Uint8Array;
  readonly record: ParsedRecord;
  readonly disclosures: readonly { readonly digest: string; readonly text: string }[];
};

/** A submission of which everything is checked that needs no database. */
export type PreparedSubmission = Candidate & { readonly records: readonly PreparedRecord[] };

/** What preparing depends on, besides the submission. */
export type PrepareContext = { readonly separator: Uint8Array; readonly recoverSigner: RecoverSigner };

/**
 * Parses, hashes and recovers: all the work on a submission that depends on its bytes alone.
 * @throws DomainError of the event's and records' parsers, `record-missing`, `record-hash-mismatch`,
 *   `record-type-mismatch`, `record-subject-mismatch`, `record-field-not-public`, `record-fields-invalid`
 */
export function prepareSubmission(context: PrepareContext, submission: UnverifiedSubmission): PreparedSubmission {
  const event = parseSignedCustodyEvent(submission.event);
  if (submission.records.length !== event.items.length) {
    throw new DomainError("record-missing", "A submission has one record per item, in item order.", {
      items: event.items.length,
      records: submission.records.length,
    });
  }
  const records = submission.records.map((entry, position) =>
    at(position, () => prepareRecord(event.kind, event.items[position] as Item, entry.record, entry.disclosures)),
  );
  return { ...prepareEvent(context, event), records };
}

/** Digest, heads and recovered signers of an event whose records are here already. */
export function prepareEvent({ separator, recoverSigner }: PrepareContext, event: SignedCustodyEvent): Candidate {
  const { digest, heads } = hashEvent(separator, event);
  return {
    event,
    digest,
    heads,
    actorSigners: signersOf(event, digest, recoverSigner),
    counterpartySigner: hasCounterparty(event.kind)
      ? recoverSigner(acceptanceDigest(separator, digest, event.declined), event.counterpartySignature)
      : null,
  };
}

const GOVERNOR_SIGNATURE_DIGITS = 2 * 65;

function signersOf(event: SignedCustodyEvent, digest: Hash, recoverSigner: RecoverSigner): (Address | null)[] {
  if (event.kind !== "reassignment") return [recoverSigner(digest, event.actorSignature)];
  const digits = event.actorSignature.slice(2);
  const parts = digits.match(new RegExp(`.{1,${GOVERNOR_SIGNATURE_DIGITS}}`, "g")) ?? [];
  return parts.map((part) => recoverSigner(digest, `0x${part}` as Hex));
}

function prepareRecord(
  kind: CustodyKind,
  item: Item,
  payload: JsonObject,
  disclosures: readonly string[],
): PreparedRecord {
  const bytes = canonicalBytes(payload);
  if (bytes.length > MAX_RECORD_BYTES) {
    throw new DomainError("record-too-large", "The record has more bytes than allowed.", {
      maxBytes: MAX_RECORD_BYTES,
    });
  }
  const hash = recordHash(bytes);
  if (hash !== item.recordHash) {
    throw new DomainError("record-hash-mismatch", "The record's canonical bytes have another hash than was signed.", {
      signed: item.recordHash,
      found: hash,
    });
  }
  const record = readRecord(payload);
  requireAbout(record, kind, item);
  requireNamed(record, kind, item);
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
    disclosures: disclosed.map(({ digest, disclosure }) => ({ digest, text: disclosure })),
  };
}

function requireAbout(record: ParsedRecord, kind: CustodyKind, item: Item): void {
  if (record.type !== `${kind}/1`) {
    throw new DomainError("record-type-mismatch", `The record of a ${kind} has another type.`, { type: record.type });
  }
  if (record.type === "participant/1" || record.subject !== item.passportId) {
    throw new DomainError("record-subject-mismatch", "The record is about another passport than its item.", {
      passportId: item.passportId,
    });
  }
}

/** Whoever scans a new item's identifier must find its passport: the record of its creation names it. */
function requireNamed(record: ParsedRecord, kind: CustodyKind, item: Item): void {
  if (isCreated(kind, item) === isCreationRecord(record)) return;
  const problem = isCreated(kind, item)
    ? { path: "$.uid", rule: "required", message: "The record of a new item names its uid." }
    : { path: "$.uid", rule: "not-created", message: "Only the record of a new item names a uid." };
  throw new DomainError("record-fields-invalid", `A field of the record breaks a rule: ${problem.path}.`, {
    problems: [problem],
  });
}

/** Adds the position of the item to whatever is wrong with its record. */
function at<T>(position: number, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, { ...error.details, position }, { cause: error });
  }
}
