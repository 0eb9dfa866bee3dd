import { type Erasure, erasureDigest, isTimely, type SignedErasure } from "../../domain/access/erasure.ts";
import { DomainError } from "../../domain/errors.ts";
import { isPassportId, issuerOf } from "../../domain/identifiers/passportId.ts";
import { digestOfDisclosure } from "../../domain/records/disclosureCodec.ts";
import { digestsWithin } from "../../domain/records/disclosures.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Hash, Hex, PassportId, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction, type Transaction } from "../../storage/database.ts";
import type { ErasureFile } from "../../storage/erasureFile.ts";
import { applyErasure, type ErasureEntry, eraseAlone, readErasures } from "../../storage/erasures.ts";
import type { DisclosureSealing } from "../custody/sealRecord.ts";
import { logAccess } from "./accessLog.ts";
import { type OpenedRecord, openRecords } from "./openRecords.ts";
import { readPresentCustody } from "./readStandings.ts";
import { authorsOf, readSignedRecords } from "./signedRecords.ts";

export type ErasureDependencies = {
  readonly database: Database;
  readonly sealing: DisclosureSealing;
  readonly recoverSigner: RecoverSigner;
  /** EIP-712 domain separator of the contract served here. */
  readonly separator: Uint8Array;
  readonly erasureFile: Pick<ErasureFile, "append">;
  readonly now: () => UnixTime;
};

export type ErasureOutcome = {
  /** Of the signed request: a repeat gets the same answer. */
  readonly digest: Hash;
  readonly recordHash: Hash;
  readonly erased: readonly string[];
  readonly erasedAt: string;
};

/**
 * Deletes disclosures and their salts, with the attachments that nothing else names, because the subject's custodian or
 * the record's author signed for it; of a model's record, its issuer. The record and every proof stay whole; the values can be neither shown nor guessed any more from what this operator holds.
 * @throws DomainError `erasure-untimely`, `participant-unknown`, `participant-suspended`, `signature-wrong`,
 *   `record-unknown`, `dpp-unknown`, `access-denied`
 */
export async function eraseDisclosures(
  dependencies: ErasureDependencies,
  request: SignedErasure,
): Promise<ErasureOutcome> {
  const { database, sealing, separator, erasureFile } = dependencies;
  const now = dependencies.now();
  const digest = erasureDigest(separator, request);
  return await inTransaction(database.pool, async (tx) => {
    await eraseAlone(tx);
    const [known] = await readErasures(tx, digest);
    if (known !== undefined) return outcomeOf(known);
    if (!isTimely(request, now)) {
      const sentence = "The request was signed more than a day ago, or for a time to come: sign it anew.";
      throw new DomainError("erasure-untimely", sentence, { requestedAt: request.requestedAt });
    }
    await requireSigner(tx, dependencies.recoverSigner, digest, request, request.signature);
    const opened = (await openRecords(tx, sealing.key, [request.recordHash])).get(request.recordHash);
    if (opened === undefined) {
      throw new DomainError("record-unknown", "This server has no record with this hash.", {
        recordHash: request.recordHash,
      });
    }
    const passportId = await requireEntitled(tx, request, opened, now);
    const entry: ErasureEntry = { ...request, digest, erased: erasedBy(request, opened), erasedAt: now };
    await applyErasure(tx, entry);
    const details = { digest, recordHash: entry.recordHash, disclosures: entry.erased };
    await logAccess(tx, { at: now, participantId: request.participant, passportId, action: "erase", details });
    // Last: after a failed COMMIT the file only knows of an erasure that was rightly asked for, and the next start does it.
    await erasureFile.append(entry);
    return outcomeOf(entry);
  });
}

const outcomeOf = ({ digest, recordHash, erased, erasedAt }: ErasureEntry): ErasureOutcome => ({
  digest,
  recordHash,
  erased,
  erasedAt: new Date(erasedAt * 1000).toISOString(),
});

function erasedBy({ disclosures }: Erasure, opened: OpenedRecord): string[] {
  return disclosures.length === 0
    ? opened.disclosures.map(digestOfDisclosure)
    : digestsWithin(opened.disclosures, opened.record, disclosures);
}

async function requireSigner(
  tx: Transaction,
  recoverSigner: RecoverSigner,
  digest: Hash,
  { participant }: Erasure,
  signature: Hex,
): Promise<void> {
  const { rows } = await tx.query<{ signer: string; active: boolean }>(
    "SELECT signer, active FROM chain_participant WHERE id = $1",
    [participant],
  );
  const registered = rows[0];
  const details = { participantId: participant };
  if (registered === undefined) {
    throw new DomainError("participant-unknown", "No participant has this id.", details);
  }
  if (!registered.active) throw new DomainError("participant-suspended", "The participant is suspended.", details);
  if (recoverSigner(digest, signature) !== registered.signer) {
    throw new DomainError("signature-wrong", "The request is not signed by the participant's present signer.", details);
  }
}

/** Answers the subject that the record is about. */
async function requireEntitled(
  tx: Transaction,
  { participant, recordHash }: Erasure,
  { record }: OpenedRecord,
  now: UnixTime,
): Promise<PassportId> {
  const { subject } = record;
  if (!isPassportId(subject)) throw denied(recordHash);
  // A model moves by no event, and nobody else's passports may name its record.
  if (record.type === "model/1") {
    if (issuerOf(subject) === participant) return subject;
    throw denied(recordHash);
  }
  const carriers = (await readSignedRecords(tx, subject, participant, now)).filter(
    (signed) => signed.recordHash === recordHash,
  );
  const { custodian } = await readPresentCustody(tx, subject);
  if (carriers.length === 0 || (custodian !== participant && !authorsOf(carriers).includes(participant))) {
    throw denied(recordHash);
  }
  return subject;
}

const denied = (recordHash: Hash): DomainError =>
  new DomainError(
    "access-denied",
    "Only the custodian of what it is about, and the record's author, have its fields erased.",
    { recordHash },
  );
