import { connectJsonRpc } from "../../chain/jsonRpc.ts";
import { readChainView } from "../../chain/readChainView.ts";
import type { Subject } from "../../domain/verification/checkIdentity.ts";
import type { VerificationReport } from "../../domain/verification/report.ts";
import type { TrustRoot } from "../../domain/verification/trustRoot.ts";
import { chainQuestionFor, verifyEvidence } from "../../domain/verification/verifyEvidence.ts";
import { type PassportView, viewPassport } from "./viewPassport.ts";

export type VerifyRequest = {
  /** Evidence bytes from anywhere. */
  readonly evidence: Uint8Array;
  readonly trustRoot: TrustRoot;
  /** Chain RPCs to ask; all must agree. */
  readonly rpcs: readonly string[];
  /** What the visitor looked at; null where the evidence itself is the subject. */
  readonly subject: Subject | null;
};

export type VerifyAnswer = {
  readonly report: VerificationReport;
  /** What the evidence says about the item; null when it cannot be read. */
  readonly passport: PassportView | null;
  /** Whether the item was asked for by a battery code that is not its uid. */
  readonly foundByBatteryCode: boolean;
};

/** In a worker or on the page's own thread; the page does not care which. */
export type Verify = (request: VerifyRequest) => Promise<VerifyAnswer>;

/** Below the page's own deadline, so that a silent RPC is named as such. */
const RPC_TIMEOUT_MS = 10_000;

/** Asks the chain what must be known to judge the evidence, then judges it: the verifier of the server and the CLI. */
export const verify: Verify = async ({ evidence, trustRoot, rpcs, subject }) => {
  const clients = rpcs.map((url) => connectJsonRpc(url, { timeoutMs: RPC_TIMEOUT_MS }));
  // Malformed evidence raises no question; the chain is asked all the same, so that the report can name its block.
  const question = chainQuestionFor(evidence, trustRoot) ?? NO_QUESTION;
  const chainView = await readChainView(clients, trustRoot.contract, question);
  const passport = viewPassport(evidence, trustRoot, chainView);
  const foundByBatteryCode = passport !== null && isOtherCodeOf(passport, subject);
  const asked = foundByBatteryCode ? { passportId: passport.passportId } : subject;
  const report = verifyEvidence(evidence, chainView, trustRoot, asked === null ? {} : { subject: asked });
  return { report, passport, foundByBatteryCode };
};

/**
 * A pack may carry a GB/T 34014 code beside its uid. Whoever asks by that code asks for the passport whose record of
 * creation states it; that the record is the signed one, the report says. Which code it states is the issuer's word
 * alone, and the page tells so.
 */
const isOtherCodeOf = ({ uid, fields }: PassportView, subject: Subject | null): boolean =>
  subject !== null && "uid" in subject && subject.uid !== uid && subject.uid === fields.batteryCode;

const NO_QUESTION = { passportIds: [], participantIds: [], events: [], anchors: [], signers: [] };
