import { decideAcceptance } from "../../domain/custody/accept.ts";
import { formatSignedCustodyEvent, type SignedCustodyEvent } from "../../domain/custody/events.ts";
import { requireHoldOrder } from "../../domain/custody/holds.ts";
import { DomainError } from "../../domain/errors.ts";
import { decisionDigest, type QuorumOrder, type Reassignment } from "../../domain/participants/quorumDecision.ts";
import type { Hex, JsonObject } from "../../domain/types.ts";
import { inTransaction, type Transaction } from "../../storage/database.ts";
import type { Acceptor } from "../custody/acceptCustodyEvents.ts";
import type { PreparedRecord } from "../custody/prepareRecord.ts";
import { prepareSubmission } from "../custody/prepareSubmission.ts";
import { readAcceptView } from "../custody/readAcceptView.ts";
import { storeRecords } from "../custody/storeRecords.ts";
import { readHoldView } from "../holds/acceptHoldOrder.ts";
import { type Quorum, readQuorum } from "../participants/readRegistry.ts";
import { type Approval, type CheckedApproval, checkApproval, storeApprovals } from "./approveProposal.ts";
import { offerReassignment } from "./offerReassignment.ts";
import type { ProposeDependencies } from "./proposeChange.ts";
import { type ProposalState, readProposal } from "./readProposal.ts";

/**
 * Takes what the quorum is to order about passports: the release of a hold, or a reassignment with its records, so that
 * governors can find, read and sign it. At the threshold a release goes to the chain, and a reassignment to its receiver
 * as an offer. Idempotent by digest; repeated with more approvals, these are added.
 * @returns the order's state, and whether it is new
 * @throws DomainError `approval-missing`, those of `checkApproval`, of `requireHoldOrder`, and of accepting a custody event
 */
export async function proposeOrder(
  dependencies: ProposeDependencies & { readonly acceptor: Acceptor },
  request: {
    readonly proposal: QuorumOrder;
    readonly records: readonly { readonly record: JsonObject; readonly disclosures: readonly string[] }[];
    readonly approvals: readonly Approval[];
  },
): Promise<{ readonly created: boolean; readonly proposal: ProposalState }> {
  const { database, separator, recoverSigner, sealing, now } = dependencies;
  const { proposal: order, approvals } = request;
  const digest = decisionDigest(separator, order);
  const quorum = await readQuorum(database);
  const checked = approvals.map((approval) => checkApproval(recoverSigner, digest, quorum, approval));
  if (checked.length === 0) {
    throw new DomainError("approval-missing", "A proposal comes with the approval of the governor who makes it.", {});
  }
  const known = await database.prisma.proposalDraft.count({ where: { digest } });
  let records: readonly PreparedRecord[] = [];
  if (known === 0) {
    if (order.kind === "release") {
      requireHoldOrder(order, { ...(await readHoldView(database, order.passportId)), now: now() });
    } else {
      records = await requireReassignment(dependencies, order, request.records, checked, quorum);
    }
  }
  const created = await inTransaction(database.pool, async (tx) => {
    const { rowCount } = await tx.query(
      "INSERT INTO proposal_draft (digest, proposal) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [digest, JSON.stringify(order)],
    );
    await storeRecords(tx, records, sealing, false);
    await storeApprovals({ pool: tx } as Parameters<typeof storeApprovals>[0], digest, checked);
    return rowCount === 1;
  });
  if (order.kind === "reassignment") await offerReassignment(dependencies, digest);
  return { created, proposal: await readProposal(dependencies, digest, now()) };
}

/** Whether the contract would take it now, if governors and receiver signed; and its records, checked. */
async function requireReassignment(
  { database, separator, recoverSigner, now }: ProposeDependencies,
  order: Reassignment,
  records: Parameters<typeof prepareSubmission>[1]["records"],
  approvals: readonly CheckedApproval[],
  quorum: Quorum,
): Promise<readonly PreparedRecord[]> {
  const actorSignature = (approvals[0] as CheckedApproval).signature;
  const event: SignedCustodyEvent = { ...order, actorSignature, counterpartySignature: "0x" as Hex, declined: 0n };
  const prepared = prepareSubmission({ separator, recoverSigner }, { event: formatSignedCustodyEvent(event), records });
  const view = await readAcceptView(database.pool as Transaction, [prepared], now());
  // As if the governors had signed already: whether enough do is still to come.
  const signers = [...quorum.governors].sort().slice(0, quorum.threshold);
  decideAcceptance({ ...prepared, actorSigners: signers }, view);
  return prepared.records;
}
