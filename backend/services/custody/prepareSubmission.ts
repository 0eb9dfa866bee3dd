import type { Candidate } from "../../domain/custody/accept.ts";
import {
  type CustodyKind,
  hasCounterparty,
  type Item,
  parseSignedCustodyEvent,
  type SignedCustodyEvent,
} from "../../domain/custody/events.ts";
import { acceptanceDigest, hashEvent, isCreated } from "../../domain/custody/hashEvent.ts";
import { DomainError, withDetails } from "../../domain/errors.ts";
import { isCreationRecord } from "../../domain/records/parseRecord.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { SignedDigest } from "../signatures/recoveryThread.ts";
import { prepareModelRecords } from "./prepareModelRecords.ts";
import { type PreparedRecord, prepareRecord, type UnverifiedRecord } from "./prepareRecord.ts";

/** A signed event and the records behind its items, one per item in item order. Attacker-controlled: every byte. */
export type UnverifiedSubmission = {
  readonly event: unknown;
  readonly records: readonly UnverifiedRecord[];
  /** Records of models that `records` name by hash, as far as they come along. */
  readonly models?: readonly UnverifiedRecord[] | undefined;
};

/** A submission of which everything is checked that needs no database. */
export type PreparedSubmission = Candidate & {
  readonly records: readonly PreparedRecord[];
  /** Records of models that the items' records name and that came with them. */
  readonly models: readonly PreparedRecord[];
};

/** What preparing depends on, besides the submission. */
export type PrepareContext = { readonly separator: Uint8Array; readonly recoverSigner: RecoverSigner };

/** A submission before its signers are recovered. */
export type ReadSubmission = Omit<PreparedSubmission, "actorSigners" | "counterpartySigner"> & {
  /** The actor's signatures, several where governors signed, and last the counterparty's where the kind has one. */
  readonly signed: readonly SignedDigest[];
};

/**
 * Parses, hashes and recovers: all the work on a submission that depends on its bytes alone.
 * @throws DomainError those of `readSubmission`
 */
export function prepareSubmission(context: PrepareContext, submission: UnverifiedSubmission): PreparedSubmission {
  const read = readSubmission(context.separator, submission);
  return withSigners(
    read,
    read.signed.map(({ digest, signature }) => context.recoverSigner(digest, signature)),
  );
}

/** Joins a submission with the signers that were recovered, in the order of `signed`. */
export function withSigners(read: ReadSubmission, signers: readonly (Address | null)[]): PreparedSubmission {
  const { signed, ...submission } = read;
  const isTwoSided = hasCounterparty(submission.event.kind);
  return {
    ...submission,
    actorSigners: isTwoSided ? signers.slice(0, -1) : signers,
    counterpartySigner: isTwoSided ? (signers.at(-1) ?? null) : null,
  };
}

/**
 * Parses and hashes.
 * @throws DomainError those of `readEvent`, `readItemsRecord` and `joinSubmission`
 */
export function readSubmission(separator: Uint8Array, submission: UnverifiedSubmission): ReadSubmission {
  const event = readEvent(submission);
  const records = submission.records.map((entry, position) => readItemsRecord(event, position, entry));
  return joinSubmission(separator, event, records, submission.models);
}

/** The event of a submission that has a record for each item. Throws the codes of its parser, and `record-missing`. */
export function readEvent(submission: UnverifiedSubmission): SignedCustodyEvent {
  const event = parseSignedCustodyEvent(submission.event);
  if (submission.records.length !== event.items.length) {
    throw new DomainError("record-missing", "A submission has one record per item, in item order.", {
      items: event.items.length,
      records: submission.records.length,
    });
  }
  return event;
}

/** The record of one item. Throws the codes of `prepareRecord`, with the item's position. */
export function readItemsRecord(
  event: SignedCustodyEvent,
  position: number,
  unverified: UnverifiedRecord,
): PreparedRecord {
  const item = event.items[position] as Item;
  const { passportId: subject, recordHash } = item;
  return withDetails({ position }, () => {
    const prepared = prepareRecord({ kind: event.kind, subject, recordHash }, unverified);
    requireNamed(prepared, event.kind, item);
    return prepared;
  });
}

/** Joins an event with its items' records, and with those of models. Throws the codes of `prepareModelRecords`. */
export function joinSubmission(
  separator: Uint8Array,
  event: SignedCustodyEvent,
  records: readonly PreparedRecord[],
  models: UnverifiedSubmission["models"],
): ReadSubmission {
  const { digest, heads } = hashEvent(separator, event);
  return {
    event,
    digest,
    heads,
    records,
    models: prepareModelRecords(event.actor, records, models ?? []),
    signed: signedDigests(separator, event, digest),
  };
}

const GOVERNOR_SIGNATURE_DIGITS = 2 * 65;

function signedDigests(separator: Uint8Array, event: SignedCustodyEvent, digest: Hash): SignedDigest[] {
  const actor = signaturesOf(event).map((signature) => ({ digest, signature }));
  if (!hasCounterparty(event.kind)) return actor;
  const acceptance = acceptanceDigest(separator, digest, event.declined);
  return [...actor, { digest: acceptance, signature: event.counterpartySignature }];
}

function signaturesOf(event: SignedCustodyEvent): readonly Hex[] {
  if (event.kind !== "reassignment") return [event.actorSignature];
  const parts = event.actorSignature.slice(2).match(new RegExp(`.{1,${GOVERNOR_SIGNATURE_DIGITS}}`, "g")) ?? [];
  return parts.map((part) => `0x${part}` as Hex);
}

/** Whoever scans a new item's identifier must find its passport: the record of its creation names it. */
function requireNamed({ record }: PreparedRecord, kind: CustodyKind, item: Item): void {
  if (isCreated(kind, item) === isCreationRecord(record)) return;
  const problem = isCreated(kind, item)
    ? { path: "$.uid", rule: "required", message: "The record of a new item names its uid." }
    : { path: "$.uid", rule: "not-created", message: "Only the record of a new item names a uid." };
  throw new DomainError("record-fields-invalid", `A field of the record breaks a rule: ${problem.path}.`, {
    problems: [problem],
  });
}
