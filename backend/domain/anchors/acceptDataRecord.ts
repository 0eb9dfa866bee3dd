import { MAX_CLOCK_AHEAD, type Standing } from "../custody/rules.ts";
import { DomainError } from "../errors.ts";
import { hasAnyRole } from "../participants/roles.ts";
import type { Address, ParticipantId, UnixTime } from "../types.ts";
import type { SignedDataRecord } from "./dataRecord.ts";

type Participant = Standing & { readonly signer: Address };

/** What an operator knows when it decides about a data record. */
export type DataRecordView = {
  readonly now: UnixTime;
  readonly participants: ReadonlyMap<ParticipantId, Participant>;
  /**
   * Whether the subject is a passport, on chain or promised, or something else that a record by its issuer speaks of: an
   * earlier one, or this one where it `opensSubject`.
   */
  readonly subjectExists: boolean;
};

/** Hex digits of an ECDSA signature with its 0x. */
const KEY_SIGNATURE_LENGTH = 2 + 2 * 65;

/**
 * Whether this operator may promise to anchor a data record. Anybody who was admitted may be an author; what a record is
 * worth is for its reader to say.
 * @param signer who made the signature; null for none that the contract would take from a key
 * @throws DomainError `occurred-in-future`, `participant-unknown`, `participant-suspended`,
 *   `author-wallet-unsupported`, `signature-wrong`, `subject-unknown`
 */
export function requireAcceptable(record: SignedDataRecord, signer: Address | null, view: DataRecordView): void {
  const { author: participantId, occurredAt, subjectId } = record;
  if (occurredAt > view.now + MAX_CLOCK_AHEAD) {
    const sentence = "The data record says that it was observed in the future: occurred-in-future.";
    throw new DomainError("occurred-in-future", sentence, { now: view.now, occurredAt });
  }
  const author = view.participants.get(participantId);
  if (author === undefined) {
    throw new DomainError("participant-unknown", `Participant ${participantId} was never admitted.`, { participantId });
  }
  if (!author.active) {
    throw new DomainError("participant-suspended", `Participant ${participantId} is suspended.`, { participantId });
  }
  if (record.signature.length !== KEY_SIGNATURE_LENGTH) {
    throw new DomainError(
      "author-wallet-unsupported",
      "A data record is signed by a key, in 65 bytes: the contract judges no author's signature, so no contract wallet's either.",
      { participantId },
    );
  }
  if (signer === null || signer !== author.signer) {
    throw new DomainError(
      "signature-wrong",
      `The author's signature is not by participant ${participantId}'s signer.`,
      { party: "author", participantId, expected: author.signer, recovered: signer },
    );
  }
  if (!view.subjectExists) {
    const sentence = "The data record is about no passport that exists, and nothing else that its issuer has recorded.";
    throw new DomainError("subject-unknown", sentence, { subjectId });
  }
}

/** Whether a participant's key publishes anchors that the contract takes now. */
export const mayPublish = (publisher: Participant | undefined, key: Address): boolean =>
  publisher?.active === true && hasAnyRole(publisher.roles, ["OPERATOR"]) && publisher.signer === key;
