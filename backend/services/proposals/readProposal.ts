import { DomainError } from "../../domain/errors.ts";
import type { Proposal } from "../../domain/participants/proposals.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";
import { type Quorum, readQuorum } from "../participants/readRegistry.ts";

/**
 * open: collects approvals; approved: enough of them, the relayer sends it; superseded: another proposal changed the
 * registry head that this one names, so it can never execute; expired: its deadline passed.
 */
export type ProposalStage = "open" | "approved" | "superseded" | "expired" | "executed";

export type ProposalState = {
  readonly digest: Hash;
  readonly proposal: unknown;
  readonly state: ProposalStage;
  readonly approvals: readonly { readonly governor: Address; readonly signature: Hex }[];
  readonly threshold: number;
  /** For an executed one: where, and how final. */
  readonly block?: { readonly number: number; readonly state: Finality };
};

/** A proposal that was made here or executed on chain, and how it stands. Throws `proposal-unknown`. */
export async function readProposal(database: Database, digest: Hash, now: number): Promise<ProposalState> {
  const [proposal] = await readProposals(database, [digest], now);
  if (proposal !== undefined) return proposal;
  throw new DomainError("proposal-unknown", "No proposal with this digest was made here or executed.", { digest });
}

/** The same for many, in the order asked; unknown ones are left out. */
export async function readProposals(
  database: Database,
  digests: readonly Hash[],
  now: number,
): Promise<ProposalState[]> {
  const { prisma, pool } = database;
  const drafts = await prisma.proposalDraft.findMany({
    where: { digest: { in: [...digests] } },
    include: { approvals: { orderBy: { governor: "asc" } } },
  });
  const executed = await prisma.chainProposal.findMany({ where: { digest: { in: [...digests] } } });
  const quorum = await readQuorum(database);
  const heights = await readHeights(pool);
  return digests.flatMap((digest): ProposalState[] => {
    const draft = drafts.find((row) => row.digest === digest);
    const onChain = executed.find((row) => row.digest === digest);
    const proposal = onChain?.proposal ?? draft?.proposal;
    if (proposal === undefined) return [];
    const approvals = (draft?.approvals ?? []).map(({ governor, signature }) => ({
      governor: governor as Address,
      signature: signature as Hex,
    }));
    const common = { digest, proposal, approvals, threshold: quorum.threshold };
    if (onChain !== undefined) {
      const { blockNumber: number } = onChain;
      return [{ ...common, state: "executed", block: { number, state: finalityOf(number, heights) } }];
    }
    return [{ ...common, state: stageOf(proposal as Proposal, approvals, quorum, now) }];
  });
}

function stageOf(
  proposal: Proposal,
  approvals: readonly { governor: Address }[],
  { registryHead, governors, threshold }: Quorum,
  now: number,
): ProposalStage {
  if (proposal.registryHead !== registryHead) return "superseded";
  if (proposal.deadline < now) return "expired";
  const counting = approvals.filter(({ governor }) => governors.includes(governor));
  return counting.length >= threshold ? "approved" : "open";
}
