import { hasCounterparty } from "../custody/events.ts";
import { acceptanceDigest } from "../custody/hashEvent.ts";
import { domainSeparator } from "../eip712.ts";
import type { RecoverSigner } from "../signatures.ts";
import type { Hash, Hex, ParticipantId } from "../types.ts";
import type { ChainView } from "./chainView.ts";
import { finalSteps } from "./checkHistory.ts";
import { recordCheck } from "./checkLine.ts";
import type { ReplayedHistory, ReplayedStep } from "./replay.ts";
import type { CheckLine } from "./report.ts";
import type { StandingAt } from "./standings.ts";
import type { TrustRoot } from "./trustRoot.ts";

/** Did both sides sign? Checked again here; a contract wallet's signature was checked by the contract at inclusion. */
export function checkSignatures(
  histories: readonly ReplayedHistory[],
  view: ChainView,
  trustRoot: TrustRoot,
  standingAt: StandingAt,
  recover: RecoverSigner,
): CheckLine {
  const check = recordCheck("signatures");
  const separator = domainSeparator(trustRoot);
  let signatures = 0;
  let byContract = 0;
  let ordered = 0;

  const verify = (
    who: ParticipantId,
    role: string,
    digest: Hash,
    signature: Hex,
    replayed: ReplayedStep,
    at: string,
    final: boolean,
  ) => {
    signatures++;
    const signers = standingAt(who, replayed).map((standing) => standing.signer);
    const recovered = recover(digest, signature);
    const values = { participant: who, role, event: at };
    if (recovered !== null && signers.includes(recovered)) {
      check.compare(`${role} (participant ${who}) of event ${at}`, recovered, recovered, "", "");
    } else if (signers.some((signer) => view.contractWallets.has(signer))) {
      byContract++;
      const reason = `A contract wallet's signature of event ${at} can be checked only once the event is final.`;
      if (!final) check.pending("wallet-signature-pending", reason, values);
    } else {
      const reason = `The signature of the ${role} (participant ${who}) of event ${at} is not by its signer at that time.`;
      const what = `${role} (participant ${who}) of event ${at}`;
      check.compare(
        what,
        signers.join(" or ") || "no signer",
        recovered ?? "no valid signature",
        "signature-wrong",
        reason,
        values,
      );
    }
  };

  const seen = new Set<Hash>(); // one consignment may stand in several histories
  for (const history of histories) {
    const final = finalSteps(history, view);
    history.steps.forEach((replayed, i) => {
      const { header, digest, step } = replayed;
      if (seen.has(digest)) return;
      seen.add(digest);
      const at = `${i + 1} (${header.kind})`;
      if (header.kind === "reassignment") ordered++;
      else verify(header.actor, "actor", digest, replayed.actorSignature, replayed, at, i < final);
      if (hasCounterparty(header.kind)) {
        const accepted = acceptanceDigest(separator, digest, step.declined);
        verify(header.counterparty, "receiver", accepted, replayed.counterpartySignature, replayed, at, i < final);
      } else if (replayed.counterpartySignature !== "0x") {
        check.fail("signature-surplus", `Event ${at} carries a signature that belongs to nobody.`, { event: at });
      }
    });
  }
  const notes = [
    byContract > 0 ? ` ${byContract} by contract wallets were checked by the contract at inclusion.` : "",
    ordered > 0 ? ` ${ordered} reassignments were ordered by the quorum, not signed by the giver.` : "",
  ].join("");
  return check.close("signatures-right", `All ${signatures} signatures are by those who had to sign.${notes}`, {
    signatures,
    byContract,
    ordered,
  });
}
