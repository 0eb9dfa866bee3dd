import type { Pool } from "pg";
import type { Registered, RegistryView } from "../domain/participants/judgeProposal.ts";
import type { Proposal } from "../domain/participants/proposals.ts";
import type { Address, ParticipantId } from "../domain/types.ts";

/** What the registry says about those whom the proposals name, and about the contract's successor. */
export async function readRegistryView(pool: Pool, proposals: readonly Proposal[]): Promise<RegistryView> {
  const ids = proposals.flatMap((proposal) => ("participantId" in proposal ? [proposal.participantId] : []));
  const participants = await pool.query<Registered & { readonly id: ParticipantId }>(
    `SELECT id, account, signer, roles, active, record_hash AS "recordHash" FROM chain_participant
      WHERE id = ANY($1::int[])`,
    [ids],
  );
  const succession = await pool.query<{ successor: Address }>("SELECT successor FROM chain_succession LIMIT 1");
  return {
    participants: new Map(participants.rows.map((row) => [row.id, row])),
    successor: succession.rows[0]?.successor ?? null,
  };
}
