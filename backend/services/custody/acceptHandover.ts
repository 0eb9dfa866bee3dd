import {
  formatSignedCustodyEvent,
  hasCounterparty,
  parseBitmap,
  parseSignedCustodyEvent,
  type SignedCustodyEvent,
} from "../../domain/custody/events.ts";
import { DomainError } from "../../domain/errors.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Hash, Hex, JsonObject } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import type { AcceptOutcome, Acceptor } from "./acceptCustodyEvents.ts";
import { readHandover } from "./listHandovers.ts";
import { prepareSubmission, type UnverifiedSubmission } from "./prepareSubmission.ts";

export type HandoverAcceptance = {
  /** Bitmap of declined items, a hex quantity. */
  readonly declined: Hex;
  /** The receiver's signature over Acceptance{handover, declined}. */
  readonly signature: Hex;
  /** The giver's offer, for an operator that never saw it. */
  readonly offer?: UnverifiedSubmission | undefined;
};

/**
 * Joins a receiver's acceptance to the offer it is for, and accepts the handover (or the reassignment that the quorum
 * signed). The offer may come with the
 * acceptance, so that it can be accepted at any operator.
 * @throws DomainError `handover-unknown`, `offer-digest-mismatch`, and those of accepting a custody event
 */
export async function acceptHandover(
  dependencies: { readonly database: Database; readonly acceptor: Acceptor; readonly recoverSigner: RecoverSigner },
  digest: Hash,
  acceptance: HandoverAcceptance,
): Promise<AcceptOutcome> {
  const { database, acceptor, recoverSigner } = dependencies;
  const offer = acceptance.offer ?? (await storedOffer(database, digest));
  const event: SignedCustodyEvent = {
    ...parseSignedCustodyEvent(offer.event, "offer.event"),
    declined: parseBitmap(acceptance.declined, "declined"),
    counterpartySignature: acceptance.signature,
  };
  const context = { separator: acceptor.separator, recoverSigner };
  const prepared = prepareSubmission(context, { event: formatSignedCustodyEvent(event), records: offer.records });
  if (prepared.digest !== digest || !hasCounterparty(event.kind)) {
    throw new DomainError("offer-digest-mismatch", "The offer given is not the one whose digest the URL names.", {
      digest,
      found: prepared.digest,
    });
  }
  return acceptor.acceptPrepared(prepared);
}

async function storedOffer(database: Database, digest: Hash): Promise<UnverifiedSubmission> {
  const { event, records } = await readHandover(database, digest);
  const present = records.map(({ record }) => record).filter((record): record is JsonObject => record !== null);
  // Its disclosures were sealed when the offer came; they need not come again.
  return { event, records: present.map((record) => ({ record, disclosures: [] })) };
}
