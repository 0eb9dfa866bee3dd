import { DomainError, withDetails } from "../../domain/errors.ts";
import { issuerOf } from "../../domain/identifiers/passportId.ts";
import { canonicalBytes } from "../../domain/records/canonicalJson.ts";
import { isCreationRecord } from "../../domain/records/parseRecord.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { Hash, ParticipantId, PassportId } from "../../domain/types.ts";
import type { Transaction } from "../../storage/database.ts";
import { type PreparedRecord, prepareRecord, type UnverifiedRecord } from "./prepareRecord.ts";

/** Hashes of the models' records that new items name, each once. */
export function namedModels(records: readonly PreparedRecord[]): Hash[] {
  const named = records.flatMap(({ record }) =>
    isCreationRecord(record) && record.modelRecord !== undefined ? [record.modelRecord] : [],
  );
  return [...new Set(named)];
}

/**
 * Checks the models' records that come with an event. The event's signature covers them by way of the records that name
 * them, so one that none names was signed by nobody.
 * @throws DomainError those of `prepareRecord` with the position in `models`, `model-record-not-named`,
 *   `model-record-of-another`
 */
export function prepareModelRecords(
  actor: ParticipantId,
  records: readonly PreparedRecord[],
  models: readonly UnverifiedRecord[],
): PreparedRecord[] {
  const named = new Set(namedModels(records));
  return models.map((unverified, model) =>
    withDetails({ model }, () => {
      const hash = recordHash(canonicalBytes(unverified.record));
      if (!named.has(hash)) {
        throw new DomainError("model-record-not-named", "No record of the event names this model's record.", { hash });
      }
      const subject = unverified.record.subject as PassportId; // prepareRecord compares it with the parsed record's
      const prepared = prepareRecord({ kind: "model", subject, recordHash: hash }, unverified);
      if (issuerOf(subject) === actor) return prepared;
      const sentence = "A model's record is made under an identifier of whoever signs the event.";
      throw new DomainError("model-record-of-another", sentence, { subject, actor });
    }),
  );
}

/** Which of the models' records that a batch names are here already. */
export async function readStoredModels(tx: Transaction, hashes: readonly Hash[]): Promise<Set<Hash>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await tx.query<{ hash: Hash }>(
    "SELECT hash FROM record WHERE hash = ANY($1::text[]) AND type LIKE 'model/%'",
    [hashes],
  );
  return new Set(rows.map(({ hash }) => hash));
}

/**
 * Otherwise a passport would be promised whose public data nobody can show.
 * @throws DomainError `model-record-missing`
 */
export function requireModels(records: readonly PreparedRecord[], here: ReadonlySet<Hash>): void {
  const hash = namedModels(records).find((named) => !here.has(named));
  if (hash === undefined) return;
  throw new DomainError("model-record-missing", "The record of the model is neither in the submission nor here.", {
    hash,
  });
}
