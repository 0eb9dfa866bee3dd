import type { Hash } from "../../domain/types.ts";
import { decodeCursor, HASH_KEY, type Page, pageOf } from "../cursor.ts";
import { type ProposalReading, type ProposalState, readProposals } from "./readProposal.ts";

/** Whether an order about passports that was made here took effect, as the chain's logs say. */
const ORDER_LANDED = `(EXISTS (SELECT FROM chain_custody_log log WHERE log.digest = proposal_draft.digest)
  OR EXISTS (SELECT FROM chain_hold h WHERE proposal_draft.proposal->>'kind' = 'release' AND NOT h.held
    AND h.regulator = 0 AND h.passport_id = proposal_draft.proposal->>'passportId'
    AND h.counter = (proposal_draft.proposal->>'counter')::bigint))`;

/**
 * Executed proposals as the chain has them, with the orders made here that took effect, or (`open`) all others that were
 * made here; ordered by digest.
 */
export async function listProposals(
  reading: ProposalReading,
  query: { readonly state: "open" | "executed"; readonly limit: number; readonly cursor?: string | undefined },
  now: number,
): Promise<Page<ProposalState>> {
  const after = query.cursor === undefined ? "" : decodeCursor(query.cursor, HASH_KEY);
  const source =
    query.state === "executed"
      ? `SELECT digest FROM (SELECT digest FROM chain_proposal
           UNION SELECT digest FROM proposal_draft WHERE ${ORDER_LANDED}) landed WHERE digest > $1`
      : `SELECT digest FROM proposal_draft WHERE digest > $1 AND NOT ${ORDER_LANDED}
           AND NOT EXISTS (SELECT 1 FROM chain_proposal WHERE chain_proposal.digest = proposal_draft.digest)`;
  const { rows } = await reading.database.pool.query<{ digest: Hash }>(`${source} ORDER BY digest LIMIT $2`, [
    after,
    query.limit + 1,
  ]);
  const page = pageOf(rows, query.limit, ({ digest }) => digest);
  const digests = page.entries.map(({ digest }) => digest);
  return { ...page, entries: digests.length === 0 ? [] : await readProposals(reading, digests, now) };
}
