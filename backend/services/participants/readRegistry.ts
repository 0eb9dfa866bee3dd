import { DomainError } from "../../domain/errors.ts";
import type { Address, Hash } from "../../domain/types.ts";
import { formatTrustRoot } from "../../domain/verification/trustRoot.ts";
import type { Database } from "../../storage/database.ts";
import type { Deployment } from "../deployment.ts";
import { type Heights, readHeights } from "../finality.ts";

/** Who governs, and the head that the next proposal changes. */
export type Quorum = {
  readonly registryHead: Hash;
  readonly governors: readonly Address[];
  readonly threshold: number;
};

export type Registry = Omit<Deployment, "deploymentBlock"> &
  Quorum & {
    readonly deploymentBlock: number;
    /** `eip155:{chainId}:{contract}:{codeHash}`: compare it with one from elsewhere before trusting it. */
    readonly trustRoot: string;
    readonly followed: Heights | null;
  };

/** Throws `chain-not-followed` until the follower has read the deployment. */
export async function readQuorum({ pool }: Database): Promise<Quorum> {
  const sets = await pool.query<Quorum>(
    `SELECT governors, threshold, registry_head AS "registryHead" FROM chain_governor_set
      ORDER BY block_number DESC, log_index DESC LIMIT 1`,
  );
  const set = sets.rows[0];
  if (set === undefined) {
    throw new DomainError("chain-not-followed", "This server has not read the contract's deployment yet.", {});
  }
  // A change of governors is logged with its proposal, so the latest proposal has the head whenever there is one.
  const proposals = await pool.query<{ registryHead: Hash }>(
    `SELECT registry_head AS "registryHead" FROM chain_proposal ORDER BY block_number DESC, log_index DESC LIMIT 1`,
  );
  return { ...set, ...proposals.rows[0] };
}

/** The contract, its governors, and how far this server follows it. Throws `chain-not-followed`. */
export async function readRegistry(database: Database, deployment: Deployment): Promise<Registry> {
  const quorum = await readQuorum(database);
  return {
    ...deployment,
    ...quorum,
    trustRoot: formatTrustRoot(deployment),
    followed: await readHeights(database.pool),
  };
}
