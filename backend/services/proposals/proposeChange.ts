import { ZERO_HASH } from "../../domain/bytes.ts";
import { MAX_DEADLINE_AHEAD } from "../../domain/custody/rules.ts";
import { DomainError } from "../../domain/errors.ts";
import { requireExecutable } from "../../domain/participants/judgeProposal.ts";
import { type Proposal, proposalDigest } from "../../domain/participants/proposals.ts";
import { canonicalBytes } from "../../domain/records/canonicalJson.ts";
import { readRecord } from "../../domain/records/parseRecord.ts";
import { recordHash } from "../../domain/records/recordHash.ts";
import type { RecoverSigner } from "../../domain/signatures.ts";
import type { Hash, JsonObject } from "../../domain/types.ts";
import { type Database, inTransaction } from "../../storage/database.ts";
import { readRegistryView } from "../../storage/registryView.ts";
import type { PreparedRecord } from "../custody/prepareRecord.ts";
import type { DisclosureSealing } from "../custody/sealRecord.ts";
import { storeRecords } from "../custody/storeRecords.ts";
import { readQuorum } from "../participants/readRegistry.ts";
import { type Approval, checkApproval, storeApprovals } from "./approveProposal.ts";
import { type ProposalState, readProposal } from "./readProposal.ts";

export type ProposeDependencies = {
  readonly database: Database;
  readonly separator: Uint8Array;
  readonly recoverSigner: RecoverSigner;
  readonly sealing: DisclosureSealing;
  readonly now: () => number;
};

/**
 * Takes a proposal with the participant's record it names and any approvals, so that governors can find, read and sign
 * it. Somebody who governs must have signed: others could fill the table. Idempotent by digest; repeated with more
 * approvals, these are added.
 * @returns the proposal's state, and whether it is new
 * @throws DomainError `registry-head-stale`, `deadline-passed`, `deadline-too-far`, `approval-missing`,
 *   `record-missing`, `record-hash-mismatch`, `record-subject-mismatch`, `record-not-expected`, those of `readRecord`,
 *   of `requireExecutable` and of `checkApproval`
 */
export async function proposeChange(
  dependencies: ProposeDependencies,
  request: {
    readonly proposal: Proposal;
    readonly record?: JsonObject | undefined;
    readonly approvals: readonly Approval[];
  },
): Promise<{ readonly created: boolean; readonly proposal: ProposalState }> {
  const { database, separator, recoverSigner, sealing, now } = dependencies;
  const { proposal, record, approvals } = request;
  const digest = proposalDigest(separator, proposal);
  const quorum = await readQuorum(database);
  requireTimely(proposal, now());
  if (proposal.registryHead !== quorum.registryHead) {
    throw new DomainError("registry-head-stale", "The proposal changes a registry head that is not the current one.", {
      named: proposal.registryHead,
      current: quorum.registryHead,
    });
  }
  const checked = approvals.map((approval) => checkApproval(recoverSigner, digest, quorum, approval));
  if (checked.length === 0) {
    throw new DomainError("approval-missing", "A proposal comes with the approval of the governor who makes it.", {});
  }
  requireExecutable(proposal, await readRegistryView(database.pool, [proposal]));
  const prepared = await recordFor(database, proposal, record);
  const created = await inTransaction(database.pool, async (tx) => {
    const { rowCount } = await tx.query(
      "INSERT INTO proposal_draft (digest, proposal) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [digest, JSON.stringify(proposal)],
    );
    if (prepared !== null) await storeRecords(tx, [prepared], sealing, true);
    await storeApprovals({ pool: tx } as Pick<Database, "pool">, digest, checked);
    return rowCount === 1;
  });
  return { created, proposal: await readProposal(dependencies, digest, now()) };
}

function requireTimely({ deadline }: Proposal, now: number): void {
  if (deadline < now)
    throw new DomainError("deadline-passed", "The proposal's deadline has passed.", { deadline, now });
  if (deadline > now + MAX_DEADLINE_AHEAD) {
    throw new DomainError("deadline-too-far", "The proposal's deadline is more than 30 days ahead.", { deadline, now });
  }
}

/** The participant's record that an admission or a change of roles puts in force; other proposals only hash a reason. */
async function recordFor(
  { prisma }: Database,
  proposal: Proposal,
  payload: JsonObject | undefined,
): Promise<PreparedRecord | null> {
  const carriesRecord = proposal.kind === "admission" || proposal.kind === "role-change";
  if (payload === undefined) {
    const needed = carriesRecord && proposal.recordHash !== ZERO_HASH;
    if (needed && (await prisma.record.count({ where: { hash: proposal.recordHash } })) === 0) {
      throw new DomainError("record-missing", "The participant's record behind the proposal's hash is not here.", {
        recordHash: proposal.recordHash,
      });
    }
    return null;
  }
  if (!carriesRecord) {
    throw new DomainError("record-not-expected", `A proposal of kind ${proposal.kind} carries no record.`, {});
  }
  const bytes = canonicalBytes(payload);
  const hash: Hash = recordHash(bytes);
  if (hash !== proposal.recordHash) {
    throw new DomainError("record-hash-mismatch", "The record's canonical bytes have another hash than was signed.", {
      signed: proposal.recordHash,
      found: hash,
    });
  }
  const record = readRecord(payload);
  if (record.type !== "participant/1" || record.participantId !== proposal.participantId) {
    throw new DomainError("record-subject-mismatch", "The record is not about the participant of the proposal.", {
      participantId: proposal.participantId,
    });
  }
  return { hash, bytes, record, disclosures: [] };
}
