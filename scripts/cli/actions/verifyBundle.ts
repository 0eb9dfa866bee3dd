import type { JsonRpc } from "../../../backend/chain/jsonRpc.ts";
import { readChainView } from "../../../backend/chain/readChainView.ts";
import type { Subject } from "../../../backend/domain/verification/checkIdentity.ts";
import type { CheckLine, Comparison, VerificationReport } from "../../../backend/domain/verification/report.ts";
import type { TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { chainQuestionFor, verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { moment } from "../describe.ts";
import { plain } from "../plain.ts";

/** Judges evidence by what the given RPCs say, and by nothing else. */
export async function verifyBundle(
  unverifiedBundle: Uint8Array,
  trustRoot: TrustRoot,
  rpcs: readonly JsonRpc[],
  subject?: Subject,
): Promise<VerificationReport> {
  const question = chainQuestionFor(unverifiedBundle, trustRoot);
  const view =
    question === null
      ? { unavailable: "There is nothing to ask it about, because the evidence cannot be read.", rpcs: [] }
      : await readChainView(rpcs, trustRoot.contract, question);
  return verifyEvidence(unverifiedBundle, view, trustRoot, subject === undefined ? {} : { subject });
}

const VERDICTS = {
  verified: "VERIFIED: the history is whole, signed and current",
  failed: "FAILED: do not rely on this",
  unavailable: "COULD NOT TELL: something could not be checked",
  pending: "NOT FINAL YET: the newest part may still change; ask again in a moment",
} as const;

/** The report for people: a line per check, then the verdict, and what it rests on. */
export function describeReport(report: VerificationReport, notes: readonly string[]): string {
  const width = Math.max(...report.checks.map(({ check }) => check.length));
  const lines = report.checks.map((line) => describeCheck(line, width));
  const { block, rpcs, successor, heldUntil } = report;
  const time = block === null ? "" : moment(block.time);
  const asked = rpcs.length === 0 ? "no chain was asked" : `asked ${rpcs.join(", ")}`;
  return [
    `passport ${report.passportId ?? "unknown"}`,
    `uid      ${plain(report.uid ?? "unknown")}`,
    "",
    ...lines,
    "",
    VERDICTS[report.verdict],
    ...(heldUntil === null ? [] : [`ON HOLD until ${moment(heldUntil)}: by a regulator's order it cannot move`]),
    block === null ? asked : `as of ${block.tag} block ${block.number} (${time}, ${block.hash}); ${asked}`,
    ...(successor === null ? [] : [`The quorum names a successor contract: ${successor} (not followed).`]),
    ...notes,
  ].join("\n");
}

function describeCheck({ check, status, reason, compared }: CheckLine, width: number): string {
  const line = `  ${status.padEnd(11)} ${check.padEnd(width)}  ${plain(reason)}`;
  if (status !== "failed") return [line, ...(check === "data-records" ? describeAuthors(compared) : [])].join("\n");
  const differing = compared.filter(({ expected, found }) => expected !== found);
  const details = differing.map(
    ({ what, expected, found }) => `      ${plain(`${what}: expected ${expected}, found ${found}`)}`,
  );
  return [line, ...details].join("\n");
}

/** Whose data records there are, and since when, is worth a look also where nothing is wrong with them. */
function describeAuthors(compared: readonly Comparison[]): string[] {
  const signers = compared.filter(({ what }) => what.startsWith("signer of "));
  return signers.map(({ what }) => `      ${plain(what.replace("signer of ", ""))}`);
}
