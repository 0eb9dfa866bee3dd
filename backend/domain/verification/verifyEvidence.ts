import { holdStands } from "../custody/holds.ts";
import { DomainError } from "../errors.ts";
import { type RecoverSigner, recoverSigner } from "../signatures.ts";
import type { PassportId, UnixTime } from "../types.ts";
import { type EvidenceBundle, parseBundle } from "./bundle.ts";
import type { ChainQuestion, ChainUnavailable, ChainView } from "./chainView.ts";
import { checkCustodyRules } from "./checkCustodyRules.ts";
import { checkDataRecords } from "./checkDataRecords.ts";
import { checkCurrency, checkHistory, finalSteps } from "./checkHistory.ts";
import { checkIdentifier, checkIssuer, type Subject } from "./checkIdentity.ts";
import { checkInclusion } from "./checkInclusion.ts";
import { recordCheck } from "./checkLine.ts";
import { checkLineage } from "./checkLineage.ts";
import { checkParticipants } from "./checkParticipants.ts";
import { checkDisclosures, checkRecords } from "./checkRecords.ts";
import { checkSignatures } from "./checkSignatures.ts";
import {
  questionOf,
  type ReplayedDataRecord,
  type ReplayedHistory,
  replayBundle,
  replayDataRecords,
} from "./replay.ts";
import { CHECKS, type CheckId, type CheckLine, type VerificationReport, verdictOf } from "./report.ts";
import { standingsOf, standingsWhen } from "./standings.ts";
import { formatTrustRoot, type TrustRoot } from "./trustRoot.ts";

export type VerificationPolicy = {
  /** What the reader asked for; without it the bundle's own uid is the subject. */
  readonly subject?: Subject;
  /** Defaults to pure JavaScript; anything that recovers as strictly will do. */
  readonly recoverSigner?: RecoverSigner;
};

/**
 * What to ask the chain before this bundle can be judged. Null for a bundle so malformed that nothing need be asked:
 * `verifyEvidence` says why.
 */
export function chainQuestionFor(unverifiedBundle: Uint8Array, trustRoot: TrustRoot): ChainQuestion | null {
  try {
    const bundle = parseBundle(unverifiedBundle);
    return questionOf(bundle, replayBundle(bundle, trustRoot));
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/**
 * Judges a bundle against the reader's own view of the chain. Pure: no I/O, no clock, the same module in server, CLI
 * and browser. Never throws for anything a bundle or an RPC may hold, and never stops at the first failure.
 *
 * @param unverifiedBundle bytes from anywhere
 * @param chainView what the reader's own RPCs said (answers to `chainQuestionFor`), or why they could not
 * @param trustRoot the only thing taken on trust
 */
export function verifyEvidence(
  unverifiedBundle: Uint8Array,
  chainView: ChainView | ChainUnavailable,
  trustRoot: TrustRoot,
  policy: VerificationPolicy = {},
): VerificationReport {
  const read = readBundle(unverifiedBundle, trustRoot);
  const view = "unavailable" in chainView ? null : chainView;
  const rootLine = checkTrustRoot(read.bundle, chainView, trustRoot);
  const rooted = view !== null && rootLine.status === "passed";
  const lines = [read.line, rootLine];
  if (read.bundle !== null && read.histories !== null) {
    const { bundle, histories, dataRecords } = read;
    const subject = histories[0] as ReplayedHistory;
    lines.push(checkIdentifier(bundle, subject, policy.subject));
    if (view !== null && rooted) {
      const standingAt = standingsOf(bundle, view);
      const recover = policy.recoverSigner ?? recoverSigner;
      lines.push(
        checkIssuer(bundle, subject.steps[0], subject.passportId, standingAt),
        checkParticipants(bundle, histories, view),
        checkCurrency(histories, view),
        checkInclusion(histories, view),
        checkSignatures(histories, view, trustRoot, standingAt, recover),
        checkCustodyRules(histories, view, standingAt),
        checkDataRecords(histories, dataRecords, view, standingsWhen(bundle), recover),
      );
    }
    // For another contract every head would differ, which says nothing about the history itself.
    if (bundle.chainId === trustRoot.chainId && bundle.contract === trustRoot.contract) {
      lines.push(checkHistory(histories));
    }
    lines.push(
      checkRecords(histories, bundle.models),
      checkDisclosures(histories, bundle.models, dataRecords),
      checkLineage(histories),
    );
  }
  const checks = CHECKS.map((id) => lines.find((line) => line.check === id) ?? notChecked(id, read.bundle === null));
  const subject = read.histories?.[0];
  const final = subject !== undefined && view !== null && rooted ? finalSteps(subject, view) : null;
  return {
    verdict: verdictOf(checks),
    passportId: subject?.passportId ?? null,
    uid: read.bundle?.uid ?? null,
    head: (subject && rooted && view?.passports.get(subject.passportId)?.head) || null,
    block: view === null ? null : { ...view.block, tag: view.tag },
    rpcs: chainView.rpcs,
    trustRoot,
    successor: rooted ? (view?.successor ?? null) : null,
    heldUntil: subject !== undefined && rooted && view !== null ? heldUntil(view, subject.passportId) : null,
    pendingEvents: subject !== undefined && final !== null && final >= 0 ? subject.steps.length - final : 0,
    checks,
  };
}

/** As of the view's block: an expired hold stops nothing, though its flag is still set. */
function heldUntil({ passports, holds, block }: ChainView, id: PassportId): UnixTime | null {
  const state = passports.get(id);
  const until = holds.get(id) ?? null;
  return state?.phase === "active" && holdStands(state.held, until, block.time) ? until : null;
}

function readBundle(bytes: Uint8Array, trustRoot: TrustRoot) {
  const check = recordCheck("format");
  let bundle: EvidenceBundle | null = null;
  let histories: ReplayedHistory[] | null = null;
  let dataRecords: ReplayedDataRecord[] = [];
  try {
    bundle = parseBundle(bytes);
    histories = replayBundle(bundle, trustRoot);
    dataRecords = replayDataRecords(bundle, trustRoot);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    check.fail(error.code, `The evidence is malformed: ${error.message}`);
  }
  return {
    bundle,
    histories,
    dataRecords,
    line: check.close("format-right", "The evidence is complete in form and canonical."),
  };
}

function checkTrustRoot(
  bundle: EvidenceBundle | null,
  chainView: ChainView | ChainUnavailable,
  trustRoot: TrustRoot,
): CheckLine {
  const check = recordCheck("trust-root");
  if (bundle !== null) {
    const shown = `eip155:${bundle.chainId}:${bundle.contract}`;
    const trusted = `eip155:${trustRoot.chainId}:${trustRoot.contract}`;
    const reason = "The evidence is for another contract than the one that is trusted.";
    check.compare("contract that the evidence is for", trusted, shown, "contract-other", reason);
  }
  if ("unavailable" in chainView) {
    check.unavailable("chain-unavailable", `The chain could not be asked: ${chainView.unavailable}`, {
      cause: chainView.unavailable,
    });
  } else {
    const found = formatTrustRoot({ ...chainView, codeHash: chainView.codeHash ?? ("none" as TrustRoot["codeHash"]) });
    const reason = "The chain that was asked does not hold the trusted contract.";
    check.compare("chain, contract and its code", formatTrustRoot(trustRoot), found, "trust-root-other", reason);
  }
  return check.close("trust-root-right", "The chain that was asked holds the contract that is trusted.", {
    contract: trustRoot.contract,
    chainId: trustRoot.chainId,
  });
}

/** A check that could not even begin. */
function notChecked(id: CheckId, malformed: boolean): CheckLine {
  const check = recordCheck(id);
  if (malformed) check.unavailable("not-checked-malformed", "Not checked: the evidence cannot be read.");
  else check.unavailable("not-checked-chain", "Not checked: the trusted contract could not be asked.");
  return check.close("", "");
}
