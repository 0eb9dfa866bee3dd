import type { Pool } from "pg";
import { judgeProposal } from "../domain/participants/judgeProposal.ts";
import type { Proposal } from "../domain/participants/proposals.ts";
import type { Hash, Hex } from "../domain/types.ts";
import { readRegistryView } from "./registryView.ts";

/** A proposal that the contract would execute now. */
export type ReadyProposal = {
  readonly digest: Hash;
  readonly proposal: Proposal;
  /** As many governors' signatures as the threshold asks for, ascending by governor. */
  readonly signatures: readonly Hex[];
};

/** The registry head as of the projection: after the last executed proposal, else the constructor's. */
const REGISTRY_HEAD = `SELECT registry_head FROM (
    SELECT block_number, log_index, registry_head FROM chain_governor_set
    UNION ALL SELECT block_number, log_index, registry_head FROM chain_proposal) changes
  ORDER BY block_number DESC, log_index DESC LIMIT 1`;

/**
 * Proposals with enough approvals by the present governors, on the present registry head, before their deadline, and
 * in no submission that is not done (or was tried a minute ago without effect). Of several, one that the contract would
 * not revert, which costs gas each time: the head moves with it.
 */
export async function readReadyProposal(pool: Pool): Promise<ReadyProposal | null> {
  const { rows } = await pool.query(
    `WITH quorum AS (SELECT governors, threshold FROM chain_governor_set ORDER BY block_number DESC, log_index DESC LIMIT 1)
     SELECT d.digest, d.proposal, array_agg(a.signature ORDER BY a.governor) AS signatures, quorum.threshold
     FROM proposal_draft d JOIN proposal_approval a ON a.digest = d.digest CROSS JOIN quorum
     WHERE a.governor = ANY(quorum.governors) AND d.proposal->>'registryHead' = (${REGISTRY_HEAD})
       AND (d.proposal->>'deadline')::bigint > (SELECT head_time FROM chain_cursor)
       AND NOT EXISTS (SELECT FROM chain_proposal executed WHERE executed.digest = d.digest)
       AND NOT EXISTS (SELECT FROM submission_event se JOIN submission s ON s.id = se.submission_id
         WHERE se.digest = d.digest AND (s.state IN ('sealed', 'submitted') OR s.sealed_at > now() - interval '1 minute'))
     GROUP BY d.digest, quorum.threshold HAVING count(*) >= quorum.threshold
     ORDER BY d.created_at`,
  );
  if (rows.length === 0) return null;
  const ready: { digest: Hash; proposal: Proposal; signatures: Hex[]; threshold: number }[] = rows;
  const view = await readRegistryView(
    pool,
    ready.map(({ proposal }) => proposal),
  );
  const row = ready.find(({ proposal }) => judgeProposal(proposal, view) === null);
  if (row === undefined) return null;
  return { digest: row.digest, proposal: row.proposal, signatures: row.signatures.slice(0, row.threshold) };
}
