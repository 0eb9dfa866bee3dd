import type { Hash } from "../../domain/types.ts";
import type { Database } from "../../storage/database.ts";
import { decodeCursor, HASH_KEY, type Page, pageOf } from "../cursor.ts";
import { type ProposalState, readProposals } from "./readProposal.ts";

/** Executed proposals as the chain has them, or (`open`) all others that were made here; ordered by digest. */
export async function listProposals(
  database: Database,
  query: { readonly state: "open" | "executed"; readonly limit: number; readonly cursor?: string | undefined },
  now: number,
): Promise<Page<ProposalState>> {
  const after = query.cursor === undefined ? "" : decodeCursor(query.cursor, HASH_KEY);
  const source =
    query.state === "executed"
      ? "SELECT digest FROM chain_proposal WHERE digest > $1"
      : `SELECT digest FROM proposal_draft WHERE digest > $1
           AND NOT EXISTS (SELECT 1 FROM chain_proposal WHERE chain_proposal.digest = proposal_draft.digest)`;
  const { rows } = await database.pool.query<{ digest: Hash }>(`${source} ORDER BY digest LIMIT $2`, [
    after,
    query.limit + 1,
  ]);
  const page = pageOf(rows, query.limit, ({ digest }) => digest);
  const digests = page.entries.map(({ digest }) => digest);
  return { ...page, entries: digests.length === 0 ? [] : await readProposals(database, digests, now) };
}
