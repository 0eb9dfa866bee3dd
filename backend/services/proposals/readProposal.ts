import { fromHex, toHex } from "../../domain/bytes.ts";
import { DomainError } from "../../domain/errors.ts";
import { judgeProposal, type RegistryView } from "../../domain/participants/judgeProposal.ts";
import { isQuorumOrder, type QuorumDecision, type QuorumOrder } from "../../domain/participants/quorumDecision.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Address, Hash, Hex } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { readRegistryView } from "../../storage/registryView.ts";
import { type Finality, finalityOf, readHeights } from "../finality.ts";
import { type Quorum, readQuorum } from "../participants/readRegistry.ts";
import { type OrderView, readOrderViews } from "./readOrderViews.ts";

/**
 * open: collects approvals; approved: enough of them, the relayer sends it, or its receiver must accept it; superseded:
 * what it builds on has changed (the registry's head, a passport's head or hold), so it can never execute; impossible:
 * the contract would revert it on the head that it names; expired: its deadline passed.
 */
export type ProposalStage = "open" | "approved" | "superseded" | "impossible" | "expired" | "executed";

/** Why it can never execute: a documented code, and a sentence. */
type Reason = { readonly code: string; readonly detail: string };

type ShownApproval = { readonly governor: Address; readonly signature: Hex };

export type ProposalState = {
  readonly digest: Hash;
  readonly proposal: QuorumDecision;
  readonly state: ProposalStage;
  /** Of one that is superseded or impossible. */
  readonly reason?: Reason;
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
  const changes = drafts.flatMap(({ proposal }) => {
    const decision = proposal as QuorumDecision;
    return isQuorumOrder(decision) ? [] : [decision];
  });
  const registry = await readRegistryView(pool, changes);
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
    const order = orders.get(digest);
    return [{ ...common, ...standingOf(proposal, { approvals, quorum, registry, order, now }) }];
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

function standingOf(
  proposal: QuorumDecision,
  view: {
    readonly approvals: readonly ShownApproval[];
    readonly quorum: Quorum;
    readonly registry: RegistryView;
    readonly order: OrderView | undefined;
    readonly now: number;
  },
): Pick<ProposalState, "state" | "reason"> {
  const { registryHead, governors, threshold } = view.quorum;
  if (isQuorumOrder(proposal)) {
    if (view.order?.superseded === true) return { state: "superseded", reason: reasonOf(proposal.kind) };
  } else {
    const error = judgeProposal(proposal, view.registry);
    const reason = error === null ? null : { code: error.code, detail: error.message };
    if (proposal.registryHead !== registryHead) return { state: "superseded", reason: reason ?? HEAD_STALE };
    if (reason !== null) return { state: "impossible", reason };
  }
  if (proposal.deadline < view.now) return { state: "expired" };
  const counting = view.approvals.filter(({ governor }) => governors.includes(governor));
  return { state: counting.length >= threshold ? "approved" : "open" };
}

const HEAD_STALE: Reason = {
  code: "registry-head-stale",
  detail: "Another proposal was executed first, so the registry's head is not the one that this names.",
};

const reasonOf = (kind: QuorumOrder["kind"]): Reason =>
  kind === "release"
    ? { code: "hold-missing", detail: "The hold that it ends is over." }
    : { code: "stale-head", detail: "Each passport that it names has moved since it was proposed." };
