import { fromHex, toHex } from "../../domain/bytes.ts";
import { DomainError } from "../../domain/errors.ts";
import { isQuorumOrder, type QuorumDecision } from "../../domain/participants/quorumDecision.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";
import { type Quorum, readQuorum } from "../participants/readRegistry.ts";
import { type OrderView, readOrderViews } from "./readOrderViews.ts";

/**
 * open: collects approvals; approved: enough of them, the relayer sends it, or its receiver must accept it; superseded:
 * what it builds on has changed (the registry's head, a passport's head or hold), so it can never execute; expired: its
 * deadline passed.
 */
export type ProposalStage = "open" | "approved" | "superseded" | "expired" | "executed";

type ShownApproval = { readonly governor: Address; readonly signature: Hex };

export type ProposalState = {
  readonly digest: Hash;
  readonly proposal: QuorumDecision;
  readonly state: ProposalStage;
  /** Of an executed one that was not made here: those that landed on chain. */
  readonly approvals: readonly ShownApproval[];
  readonly threshold: number;
  /** For an executed one: where, and how final. */
  readonly block?: { readonly number: number; readonly state: Finality };
};

export type ProposalReading = { readonly database: Database; readonly recoverSigner: RecoverSigner };

/** A proposal that was made here or executed on chain, and how it stands. Throws `proposal-unknown`. */
export async function readProposal(reading: ProposalReading, digest: Hash, now: number): Promise<ProposalState> {
  const [proposal] = await readProposals(reading, [digest], now);
  if (proposal !== undefined) return proposal;
  throw new DomainError("proposal-unknown", "No proposal with this digest was made here or executed.", { digest });
}

/** The same for many, in the order asked; unknown ones are left out. */
export async function readProposals(
  { database, recoverSigner }: ProposalReading,
  digests: readonly Hash[],
  now: number,
): Promise<ProposalState[]> {
  const { prisma, pool } = database;
  const drafts = await prisma.proposalDraft.findMany({
    where: { digest: { in: [...digests] } },
    include: { approvals: { orderBy: { governor: "asc" } } },
  });
  const executed = await prisma.chainProposal.findMany({ where: { digest: { in: [...digests] } } });
  const orders = await readOrderViews(
    pool,
    drafts.map(({ digest, proposal }) => ({ digest: digest as Hash, decision: proposal as QuorumDecision })),
  );
  const quorum = await readQuorum(database);
  const heights = await readHeights(pool);
  return digests.flatMap((digest): ProposalState[] => {
    const draft = drafts.find((row) => row.digest === digest);
    const onChain = executed.find((row) => row.digest === digest);
    const proposal = (onChain?.proposal ?? draft?.proposal) as QuorumDecision | undefined;
    if (proposal === undefined) return [];
    const made = (draft?.approvals ?? []) as unknown as ShownApproval[];
    const landed = onChain === undefined ? [] : landedApprovals(recoverSigner, digest, onChain.signatures as Hex);
    const approvals = made.length > 0 ? made.map(({ governor, signature }) => ({ governor, signature })) : landed;
    const common = { digest, proposal, approvals, threshold: quorum.threshold };
    const number = onChain?.blockNumber ?? orders.get(digest)?.landedIn ?? null;
    if (number !== null)
      return [{ ...common, state: "executed", block: { number, state: finalityOf(number, heights) } }];
    return [{ ...common, state: stageOf(proposal, approvals, quorum, orders.get(digest), now) }];
  });
}

const SIGNATURE_BYTES = 65;

/** Who signed what the contract executed: its log holds their signatures, whoever brought them. */
function landedApprovals(recoverSigner: RecoverSigner, digest: Hash, joined: Hex): ShownApproval[] {
  const bytes = fromHex(joined);
  return Array.from({ length: Math.floor(bytes.length / SIGNATURE_BYTES) }, (_, i) => {
    const signature = toHex(bytes.subarray(i * SIGNATURE_BYTES, (i + 1) * SIGNATURE_BYTES));
    return { governor: recoverSigner(digest, signature), signature };
  }).filter((approval): approval is ShownApproval => approval.governor !== null);
}

function stageOf(
  proposal: QuorumDecision,
  approvals: readonly ShownApproval[],
  { registryHead, governors, threshold }: Quorum,
  order: OrderView | undefined,
  now: number,
): ProposalStage {
  const superseded = isQuorumOrder(proposal) ? order?.superseded === true : proposal.registryHead !== registryHead;
  if (superseded) return "superseded";
  if (proposal.deadline < now) return "expired";
  const counting = approvals.filter(({ governor }) => governors.includes(governor));
  return counting.length >= threshold ? "approved" : "open";
}
