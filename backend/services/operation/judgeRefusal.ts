import type { JsonRpc } from "../../chain/jsonRpc.ts";
import { DomainError } from "../../domain/errors.ts";
import type { Database } from "../../storage/database.ts";
import { within } from "./within.ts";

/** How many blocks the follower may be behind the node before others should be asked instead. */
export const MAX_LAG_BLOCKS = 20;

/** What any block that was not read yet may change: somebody whom this server does not know may be admitted there. */
const BY_ONE_BLOCK = new Set(["participant-unknown", "participant-not-found"]);

/**
 * What else the followed chain decides. One block more or less is no reason to doubt it: everybody acts on what was read
 * last, and a client that lost a race must be told so. A server that is far behind knows nothing of the kind.
 */
const BY_MANY_BLOCKS = new Set([
  ...["participant-suspended", "signature-wrong", "bad-quorum", "governor-unknown", "registry-head-stale"],
  ...["actor-inactive", "actor-lacks-role", "counterparty-inactive", "counterparty-lacks-role"],
  ...["identifier-outside-prefixes", "stale-head", "not-custodian", "not-active", "held", "already-exists"],
  ...["already-moved", "hold-missing", "hold-counter-wrong", "dpp-unknown", "subject-unknown", "participant-unclear"],
  ...["participant-exists", "participant-already-suspended", "participant-not-suspended"],
]);

const FOLLOWED = `SELECT head_number AS followed, EXISTS (SELECT FROM chain_participant WHERE id = $1) AS known
  FROM chain_cursor`;

/**
 * Turns a refusal that blocks which were not read yet may undo into `chain-not-followed`: a new operator knows nobody,
 * and must not send away for good whom the chain has admitted. Behind is who has followed to a lower block than the
 * node's head, by one for a participant that is unknown, by more than `MAX_LAG_BLOCKS` for the rest; a node that does not
 * answer leaves it open, which is behind too. Everything else comes back as it was; where the database does not answer, that is what comes back.
 */
export function refusalJudge(dependencies: {
  readonly database: Pick<Database, "pool">;
  readonly rpc: Pick<JsonRpc, "call">;
}): (thrown: unknown) => Promise<unknown> {
  const { pool } = dependencies.database;
  let asking: Promise<number | null> | null = null;
  /** One question at a time, however many requests are refused: nobody makes this server ask its node without end. */
  const readHead = (): Promise<number | null> => {
    asking ??= within(3_000, dependencies.rpc.call("eth_blockNumber"))
      .then(Number, () => null)
      .finally(() => {
        asking = null;
      });
    return asking;
  };
  const judge = async (thrown: unknown): Promise<unknown> => {
    if (!(thrown instanceof DomainError)) return thrown;
    const tolerated = BY_ONE_BLOCK.has(thrown.code) ? 0 : MAX_LAG_BLOCKS;
    if (tolerated > 0 && !BY_MANY_BLOCKS.has(thrown.code)) return thrown;
    const head = await readHead();
    const participantId = Number(thrown.details.participantId ?? 0);
    const { rows } = await pool.query<{ followed: number; known: boolean }>(FOLLOWED, [participantId]);
    const followed = rows[0]?.followed ?? 0;
    // Read between the refusal and now: only a repeat can tell what it is worth.
    const justRead = tolerated === 0 && rows[0]?.known === true;
    if (head !== null && head - followed <= tolerated && !justRead) return thrown;
    const sentence = `This server has followed the chain to block ${followed} of ${head ?? "an unknown number"}; what comes after may undo its refusal, ${thrown.code}.`;
    return new DomainError("chain-not-followed", sentence, { refusal: thrown.code, followed, head }, { cause: thrown });
  };
  return (thrown) => judge(thrown).catch((trouble: unknown) => trouble);
}
