import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { type Proposal, proposalDigest } from "../../../backend/domain/participants/proposals.ts";
import {
  decisionDigest,
  isQuorumOrder,
  type QuorumDecision,
  type QuorumOrder,
} from "../../../backend/domain/participants/quorumDecision.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { cidOf } from "../../../backend/domain/records/cid.ts";
import { parseRecord } from "../../../backend/domain/records/parseRecord.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import type { Address, Hash, JsonObject } from "../../../backend/domain/types.ts";
import { quorumDecision } from "../../../backend/http/schemas/registry.ts";
import type { Signer } from "../keys/keystore.ts";
import { fieldsOf, listOf, type Registry, textOf, wholeOf } from "../operator/answers.ts";
import type { Operator } from "../operator/connectOperator.ts";
import { readRegistry, type Session } from "../session.ts";
import type { SubmittedRecord } from "./signEvent.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What is to change; registry head and deadline are added when it is proposed. */
export type Change = DistributiveOmit<Proposal, "registryHead" | "deadline">;

/** How a proposal stands at an operator. */
export type ProposalStatus = {
  readonly digest: Hash;
  readonly state: string;
  readonly approvals: readonly Address[];
  readonly threshold: number;
};

/**
 * Proposes a change as a governor: on the present registry head, with the first approval.
 * @param record the participant's record that the change names
 * @throws DomainError `governor-unknown`, and the operator's
 */
export async function proposeChange(
  session: Session,
  governor: Signer,
  change: Change,
  options: { readonly record?: JsonObject | undefined; readonly validSeconds: number },
): Promise<ProposalStatus> {
  const registry = await readRegistry(session.operator);
  requireGovernor(registry, governor);
  const { registryHead } = registry;
  const proposal = { ...change, registryHead, deadline: session.now() + options.validSeconds } as Proposal;
  const digest = proposalDigest(session.separator, proposal);
  const approvals = [{ governor: governor.address, signature: governor.sign(digest) }];
  const record = options.record === undefined ? {} : { record: options.record };
  return parseStatus(await session.operator.post("/v1/proposals", { proposal, approvals, ...record }), digest);
}

/**
 * Proposes what the quorum is to order about passports, with the first approval.
 * @param records of a reassignment, one per item
 * @throws DomainError `governor-unknown`, and the operator's
 */
export async function proposeOrder(
  session: Session,
  governor: Signer,
  order: QuorumOrder,
  records?: readonly SubmittedRecord[],
): Promise<ProposalStatus> {
  requireGovernor(await readRegistry(session.operator), governor);
  const digest = decisionDigest(session.separator, order);
  const approvals = [{ governor: governor.address, signature: governor.sign(digest) }];
  const along = records === undefined ? {} : { records };
  return parseStatus(await session.operator.post("/v1/proposals", { proposal: order, approvals, ...along }), digest);
}

/** A proposal as a governor found it. `digest` was computed from the fields that are shown. */
export type ReviewedProposal = {
  readonly digest: Hash;
  readonly proposal: QuorumDecision;
  /** The participant's record that it names, where it names one; its hash was checked. */
  readonly record: JsonObject | null;
  readonly status: ProposalStatus;
};

/**
 * Reads a proposal and its record, and recomputes both hashes.
 * @throws DomainError `proposal-unknown`, `proposal-digest-mismatch`, `record-hash-mismatch`
 */
export async function reviewProposal(session: Session, digest: Hash): Promise<ReviewedProposal> {
  const answer = await session.operator.get(`/v1/proposals/${digest}`);
  const parsed = quorumDecision.safeParse(fieldsOf(answer, "proposal").proposal);
  if (!parsed.success) throw new DomainError("operator-answer-malformed", "The operator's proposal has another form.");
  const proposal: QuorumDecision = parsed.data;
  const computed = decisionDigest(session.separator, proposal);
  if (computed !== digest) {
    const message = "The operator shows another proposal than the one with this digest; nothing was signed.";
    throw new DomainError("proposal-digest-mismatch", message, { asked: digest, computed });
  }
  return {
    digest,
    proposal,
    record: await readNamedRecord(session.operator, proposal),
    status: parseStatus(answer, digest),
  };
}

async function readNamedRecord(operator: Operator, proposal: QuorumDecision): Promise<JsonObject | null> {
  if (proposal.kind !== "admission" && proposal.kind !== "role-change") return null;
  if (proposal.recordHash === ZERO_HASH) return null;
  const bytes = await operator.getBytes(`/ipfs/${cidOf(proposal.recordHash)}`);
  if (recordHash(bytes) !== proposal.recordHash) {
    throw new DomainError("record-hash-mismatch", "The operator sent another record than the one that is proposed.");
  }
  return parseRecord(bytes).payload;
}

/** Signs a proposal that was reviewed, and sends the approval. */
export async function approveProposal(
  session: Session,
  governor: Signer,
  { digest, proposal }: ReviewedProposal,
): Promise<ProposalStatus> {
  const registry = await readRegistry(session.operator);
  requireGovernor(registry, governor);
  if (!isQuorumOrder(proposal) && proposal.registryHead !== registry.registryHead) {
    const message = "The proposal changes a registry head that is not the current one; it can never be executed.";
    throw new DomainError("registry-head-stale", message, {
      named: proposal.registryHead,
      current: registry.registryHead,
    });
  }
  const body = { governor: governor.address, signature: governor.sign(digest) };
  return parseStatus(await session.operator.post(`/v1/proposals/${digest}/approvals`, body), digest);
}

function requireGovernor({ governors }: Registry, { address }: Signer): void {
  if (governors.includes(address)) return;
  throw new DomainError("governor-unknown", `Your key ${address} is none of the governors.`, { address, governors });
}

export function parseStatus(answer: unknown, digest?: Hash): ProposalStatus {
  const fields = fieldsOf(answer, "proposal");
  if (digest !== undefined && fields.digest !== digest) {
    throw new DomainError("operator-answer-malformed", "The operator answered for another proposal.", { digest });
  }
  return {
    digest: textOf(fields.digest, "digest") as Hash,
    state: textOf(fields.state, "state"),
    approvals: listOf(fields.approvals, "approvals").map((one) =>
      typeof one === "string" ? (one as Address) : (textOf(fieldsOf(one, "approval").governor, "governor") as Address),
    ),
    threshold: wholeOf(fields.threshold, "threshold"),
  };
}

/** The hash that a proposal without a record carries: of the reason, as its governors worded it. */
export const reasonHash = (reason: string): Hash => recordHash(new TextEncoder().encode(reason));

/** The record of a participant with its hash. */
export const participantRecordHash = (record: JsonObject): Hash => recordHash(canonicalBytes(record));
