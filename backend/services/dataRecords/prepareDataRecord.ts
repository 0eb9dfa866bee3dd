import { dataRecordDigest, parseSignedDataRecord, type SignedDataRecord } from "../../domain/anchors/dataRecord.ts";
import type { Address, Hash } from "../../domain/types.ts";
import { prepareRecord, type RevealedRecord, type UnverifiedRecord } from "../custody/prepareRecord.ts";
import type { PrepareContext } from "../custody/prepareSubmission.ts";

/** A signed data record with the record behind it. Attacker-controlled: every byte. */
export type UnverifiedDataRecord = UnverifiedRecord & { readonly dataRecord: unknown };

/** A data record of which everything is checked that needs no database. */
export type PreparedDataRecord = {
  readonly dataRecord: SignedDataRecord;
  readonly digest: Hash;
  /** Who made the author's signature; null for none that the contract would take from a key. */
  readonly signer: Address | null;
  readonly record: RevealedRecord;
};

/**
 * Parses, hashes and recovers: all the work on a data record that depends on its bytes alone.
 * @throws DomainError `data-record-malformed`, `hex-malformed`, and those of `prepareRecord`
 */
export function prepareDataRecord(
  { separator, recoverSigner }: PrepareContext,
  { dataRecord: unverified, ...unverifiedRecord }: UnverifiedDataRecord,
): PreparedDataRecord {
  const dataRecord = parseSignedDataRecord(unverified);
  const { subjectId: subject, recordHash, signature } = dataRecord;
  const record = prepareRecord({ kind: "data", subject, recordHash }, unverifiedRecord);
  const digest = dataRecordDigest(separator, dataRecord);
  return { dataRecord, digest, signer: recoverSigner(digest, signature), record };
}
