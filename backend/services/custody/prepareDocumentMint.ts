import { ZERO_HEAD } from "../../domain/bytes.ts";
import type { CustodyEvent } from "../../domain/custody/events.ts";
import { type PreparedPassport, prepareNewPassport } from "../../domain/custody/prepareNewPassport.ts";
import { custodySigningForm } from "../../domain/custody/signingForm.ts";
import { importDocuments } from "../../domain/documents/importDocuments.ts";
import type { Notice } from "../../domain/documents/placeFields.ts";
import type { RandomBytes } from "../../domain/records/withhold.ts";
import type { SigningForm } from "../../domain/signingForm.ts";
import type { Hash, ParticipantId, Uid, UnixTime } from "../../domain/types.ts";
import { type Database, inTransaction } from "../../storage/database.ts";
import type { Deployment } from "../deployment.ts";
import type { Acceptor } from "./acceptCustodyEvents.ts";
import { decideSubmission } from "./decideSubmission.ts";
import { prepareSubmission } from "./prepareSubmission.ts";
import { readAcceptView } from "./readAcceptView.ts";

/** Partners' documents about one battery, and who means to mint its passport. Attacker-controlled: every byte. */
export type DocumentMintRequest = {
  readonly issuer: ParticipantId;
  /** As their senders made them, in any encoding. */
  readonly documents: readonly Uint8Array[];
  /** Overrules what the documents say. */
  readonly uid?: string | undefined;
  /** GB/T 34014. */
  readonly batteryCode?: string | undefined;
  /** How long the event may wait for its block. */
  readonly validSeconds: number;
};

/** A mint that lacks nothing but its issuer's signature over `signingForm`, whose digest is `digest`. */
export type DocumentMint = Omit<PreparedPassport, "bytes" | "hash"> & {
  readonly uid: Uid;
  /** What of the documents found no place of ours; it is kept with them all the same. */
  readonly notices: readonly Notice[];
  readonly event: CustodyEvent;
  readonly digest: Hash;
  readonly signingForm: SigningForm;
};

/** What preparing needs. */
export type DocumentMintDependencies = {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly acceptor: Pick<Acceptor, "separator">;
  readonly randomBytes: RandomBytes;
  readonly now: () => UnixTime;
};

/**
 * Makes a mint of partners' documents, judged as accepting will judge it once its issuer has signed. Nothing is stored,
 * and nothing signed.
 * @throws DomainError those of `importDocuments`, `prepareNewPassport`, `prepareSubmission` and `decideSubmission`
 */
export async function prepareDocumentMint(
  { database, deployment, acceptor, randomBytes, now }: DocumentMintDependencies,
  { issuer, documents, uid: named, batteryCode, validSeconds }: DocumentMintRequest,
): Promise<DocumentMint> {
  const { uid, fields, notices } = importDocuments(documents, named === undefined ? {} : { uid: named });
  const all = batteryCode === undefined ? fields : { ...fields, batteryCode };
  const { passportId, hash, record, disclosures } = prepareNewPassport("mint", issuer, uid, all, randomBytes);
  const at = now();
  const event: CustodyEvent = {
    kind: "mint",
    actor: issuer,
    counterparty: 0,
    occurredAt: at,
    deadline: at + validSeconds,
    items: [{ passportId, prevHead: ZERO_HEAD, recordHash: hash }],
  };
  const context = { separator: acceptor.separator, recoverSigner: () => null };
  const records = [{ record, disclosures }];
  const unsigned = prepareSubmission(context, { event: { ...event, actorSignature: "0x" }, records });
  await inTransaction(database.pool, async (tx) => {
    const view = await readAcceptView(tx, [unsigned], at);
    const signer = view.participants.get(issuer)?.signer ?? null;
    decideSubmission({ ...unsigned, actorSigners: [signer] }, view);
  });
  const { digest } = unsigned;
  return {
    uid,
    passportId,
    record,
    disclosures,
    notices,
    event,
    digest,
    signingForm: custodySigningForm(deployment, event),
  };
}
