import { DomainError } from "../../domain/errors.ts";
import { decisionDigest } from "../../domain/participants/quorumDecision.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import type { Acceptor } from "../custody/acceptCustodyEvents.ts";
import { type Quorum, readQuorum } from "../participants/readRegistry.ts";
import { offerReassignment } from "./offerReassignment.ts";
import { type ProposalState, readProposal } from "./readProposal.ts";

/** A governor's signature over a proposal; `governor` as the sender says, to be held against the signature. */
export type Approval = { readonly governor?: Address | undefined; readonly signature: Hex };

export type CheckedApproval = { readonly governor: Address; readonly signature: Hex };

/**
 * Whose approval this is. Throws `signature-wrong` (nobody's, or not the named governor's) and `governor-unknown`
 * (somebody who does not govern now).
 */
export function checkApproval(
  recoverSigner: RecoverSigner,
  digest: Hash,
  { governors }: Quorum,
  { governor, signature }: Approval,
): CheckedApproval {
  const recovered = recoverSigner(digest, signature);
  if (recovered === null || (governor !== undefined && governor !== recovered)) {
    const sentence = "The approval's signature is not by the named governor.";
    throw new DomainError("signature-wrong", sentence, { party: "governor", expected: governor, recovered });
  }
  if (!governors.includes(recovered)) {
    throw new DomainError("governor-unknown", "The approval is by an address that does not govern.", { recovered });
  }
  return { governor: recovered, signature };
}

/**
 * Adds a governor's approval to a proposal that others made. Repeating it changes nothing; at the threshold the relayer
 * sends the proposal, or a reassignment is offered to its receiver.
 * @throws DomainError `proposal-unknown`, `proposal-not-open`, those of `checkApproval` and of `offerReassignment`
 */
export async function approveProposal(
  dependencies: {
    readonly database: Database;
    readonly separator: Uint8Array;
    readonly recoverSigner: RecoverSigner;
    readonly acceptor: Acceptor;
    readonly now: () => number;
  },
  digest: Hash,
  approval: Approval,
): Promise<ProposalState> {
  const { database, separator, recoverSigner, now } = dependencies;
  const draft = await readProposal(dependencies, digest, now());
  if (draft.state !== "open" && draft.state !== "approved") {
    const why = draft.reason === undefined ? "" : ` ${draft.reason.detail}`;
    throw new DomainError("proposal-not-open", `The proposal takes no approvals: it is ${draft.state}.${why}`, {
      digest,
      state: draft.state,
      reason: draft.reason?.code,
    });
  }
  // Recomputed from what is stored: the digest in the URL only chose the row.
  const signed = decisionDigest(separator, draft.proposal);
  const { governor, signature } = checkApproval(recoverSigner, signed, await readQuorum(database), approval);
  await storeApprovals(database, digest, [{ governor, signature }]);
  if (draft.proposal.kind === "reassignment") await offerReassignment(dependencies, digest);
  return readProposal(dependencies, digest, now());
}

export async function storeApprovals(
  { pool }: Pick<Database, "pool">,
  digest: Hash,
  approvals: readonly CheckedApproval[],
): Promise<void> {
  if (approvals.length === 0) return;
  await pool.query(
    `INSERT INTO proposal_approval (digest, governor, signature)
     SELECT $1, * FROM unnest($2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
    [digest, approvals.map(({ governor }) => governor), approvals.map(({ signature }) => signature)],
  );
}
