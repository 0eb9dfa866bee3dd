import { setTimeout as wait } from "node:timers/promises";
import { DomainError } from "../../backend/domain/errors.ts";
import { buildRecord } from "../../backend/domain/records/buildRecord.ts";
import { approveProposal, type Change, proposeChange, reviewProposal } from "../cli/actions/proposeChange.ts";
import type { Signer } from "../cli/keys/keystore.ts";
import { nameOf, readParticipants } from "../cli/operator/answers.ts";
import type { Session } from "../cli/session.ts";
import { SAMPLE_FIRMS, type SampleFirm } from "./sampleFirms.ts";
import { GOVERNOR_THRESHOLD, type SampleKeys } from "./sampleKeys.ts";

const POLL_MS = 100;
const WAIT_MS = 120_000;
const VALID_SECONDS = 24 * 3600;

/** Lets the quorum admit every firm that is no participant yet, one after the other: each changes the registry head. */
export async function admitFirms(session: Session, keys: SampleKeys, log: (line: string) => void): Promise<void> {
  const admitted = await readParticipants(session.operator);
  for (const firm of SAMPLE_FIRMS) {
    const signer = keys.firms.get(firm.key) as Signer;
    const known = admitted.find(({ id }) => id === firm.id);
    if (known !== undefined && known.signer !== signer.address) {
      const message = `Participant ${firm.id} is another than the sample's ${firm.key}; the sample needs an empty installation.`;
      throw new DomainError("sample-not-empty", message, { id: firm.id, signer: known.signer });
    }
    if (known !== undefined) continue;
    await admit(session, keys.governors, firm, signer);
    log(`admitted ${nameOf({ id: firm.id, record: firm.record })}, by ${GOVERNOR_THRESHOLD} governors`);
  }
}

/** What happens when a proposal of an interrupted run is executed meanwhile: the registry has moved on. */
const OVERTAKEN = new Set(["registry-head-stale", "participant-exists", "proposal-not-open"]);

/** Proposes until the firm is a participant, by this proposal or by one of an earlier run that was interrupted. */
async function admit(session: Session, governors: readonly Signer[], firm: SampleFirm, signer: Signer): Promise<void> {
  for (;;) {
    try {
      await proposeOnce(session, governors, firm, signer);
    } catch (error) {
      if (!(error instanceof DomainError && OVERTAKEN.has(error.code))) throw error;
    }
    if (await isAdmitted(session, firm)) return;
  }
}

const isAdmitted = async (session: Session, firm: SampleFirm): Promise<boolean> =>
  (await readParticipants(session.operator)).some(({ id }) => id === firm.id);

/**
 * One proposal with its approvals; returns when it was executed or can no longer be. After a power cut the relayer brings
 * an earlier run's proposal back: when that lands while this one is made, this one can never be executed, because the
 * firm is a participant already.
 */
async function proposeOnce(
  session: Session,
  governors: readonly Signer[],
  firm: SampleFirm,
  signer: Signer,
): Promise<void> {
  // The record is public as a whole: no salts, so the same record gives the same hash each time.
  const { hash, record } = buildRecord("participant/1", firm.record, (length) => new Uint8Array(length));
  const { id: participantId, roles } = firm;
  const account = signer.address;
  const change: Change = { kind: "admission", participantId, account, signer: account, roles, recordHash: hash };
  const [first, ...others] = governors as readonly [Signer, ...Signer[]];
  const { digest } = await proposeChange(session, first, change, { record, validSeconds: VALID_SECONDS });
  for (const governor of others.slice(0, GOVERNOR_THRESHOLD - 1)) {
    await approveProposal(session, governor, await reviewProposal(session, digest));
  }
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const { state } = (await reviewProposal(session, digest)).status;
    if (state === "executed" || state === "superseded" || state === "impossible" || state === "expired") return;
    if (await isAdmitted(session, firm)) return;
    if (performance.now() > end) {
      throw new DomainError("wait-timeout", `The admission of participant ${participantId} is only ${state}.`, {
        digest,
      });
    }
    await wait(POLL_MS);
  }
}
