import type { Pool } from "pg";
import { parseSignedCustodyEvent } from "../domain/custody/events.ts";
import type { Fees } from "../domain/submissions/fees.ts";
import type { HeadMove, QueuedEvent } from "../domain/submissions/planSubmission.ts";
import type { Address, Hash, Head, PassportId } from "../domain/types.ts";
import { inTransaction, type Transaction } from "./database.ts";
import { insertRows } from "./insertRows.ts";
import type { Epoch } from "./leadership.ts";

export type SubmissionState = "sealed" | "submitted" | "mined" | "failed";
export type SubmissionKind = "events" | "proposal" | "hold-order" | "anchor" | "nothing";

export type StoredAttempt = Fees & {
  readonly number: number;
  readonly nonce: number;
  readonly raw: Uint8Array;
  readonly hash: Hash;
  readonly sent: boolean;
  readonly secondsOld: number;
};

export type StoredSubmission = {
  readonly id: string;
  readonly kind: SubmissionKind;
  readonly calldata: Uint8Array;
  readonly gasLimit: number;
  readonly state: SubmissionState;
  readonly minedBlock: number | null;
  /** Oldest first; all with one nonce. Empty between sealing and the first attempt. */
  readonly attempts: readonly StoredAttempt[];
};

export type NewSubmission = {
  readonly kind: SubmissionKind;
  readonly calldata: Uint8Array;
  readonly gasLimit: number;
  /** Of accepted events in calldata order, of the proposal, or of data records in the order of the leaves. */
  readonly digests: readonly Hash[];
};

export type NewAttempt = Fees & {
  readonly number: number;
  readonly sender: Address;
  readonly nonce: number;
  readonly raw: Uint8Array;
  readonly hash: Hash;
};

/** What the relayer knows and promises: written before anything is sent. */
export type SubmissionStore = ReturnType<typeof openSubmissions>;

const SUBMISSIONS = `SELECT s.id::text, s.kind, s.calldata, s.gas_limit AS "gasLimit", s.state,
  s.mined_block AS "minedBlock", coalesce(json_agg(json_build_object('number', a.number, 'nonce', a.nonce,
  'raw', encode(a.raw, 'hex'), 'hash', a.tx_hash, 'maxFee', a.max_fee::text, 'priorityFee', a.priority_fee::text,
  'sent', a.sent_at IS NOT NULL, 'secondsOld', extract(epoch FROM now() - a.created_at)) ORDER BY a.number)
  FILTER (WHERE a.number IS NOT NULL), '[]') AS attempts
  FROM submission s LEFT JOIN attempt a ON a.submission_id = s.id`;

type AttemptJson = Omit<StoredAttempt, "raw" | "maxFee" | "priorityFee"> & {
  raw: string;
  maxFee: string;
  priorityFee: string;
};

const toSubmission = (row: Omit<StoredSubmission, "attempts"> & { attempts: AttemptJson[] }): StoredSubmission => ({
  ...row,
  attempts: row.attempts.map((attempt) => ({
    ...attempt,
    raw: Buffer.from(attempt.raw, "hex"),
    maxFee: BigInt(attempt.maxFee),
    priorityFee: BigInt(attempt.priorityFee),
  })),
});

/** What a write begins with: answers the leader's epoch, or throws (see leadership.ts). */
export type Fence = (tx: Transaction) => Promise<Epoch>;

export const NO_FENCE: Fence = async () => "0";

/**
 * @param sender the relayer's account, lower case: each key has its own nonces
 * @param fence keeps a leader that another has replaced from writing
 */
export function openSubmissions(pool: Pool, sender: Address, fence: Fence = NO_FENCE) {
  const tx = pool as Transaction;
  const write = <T>(work: (open: Transaction, epoch: Epoch) => Promise<T>): Promise<T> =>
    inTransaction(pool, async (open) => work(open, await fence(open)));
  return {
    /**
     * Submissions that are not done: without a transaction yet, with one that may still be mined or undone, or whose
     * nonce is not used up on the chain (`latestNonce`), in whatever state.
     */
    async readUndone(latestNonce: number): Promise<StoredSubmission[]> {
      const { rows } = await tx.query(
        `${SUBMISSIONS} WHERE s.state IN ('sealed', 'submitted')
           OR s.mined_block > coalesce((SELECT finalized_number FROM chain_cursor), -1)
           OR s.id IN (SELECT submission_id FROM attempt WHERE sender = $1 AND nonce >= $2)
         GROUP BY s.id ORDER BY min(a.nonce) NULLS LAST, s.id`,
        [sender, latestNonce],
      );
      return rows.map(toSubmission);
    },

    /** One above the highest nonce ever stored for this sender; 0 when there is none. */
    async nextNonce(): Promise<number> {
      const { rows } = await tx.query(
        "SELECT coalesce(max(nonce) + 1, 0)::int AS next FROM attempt WHERE sender = $1",
        [sender],
      );
      return rows[0].next;
    },

    /** Stores a new attempt, unsent: a crash from here on finds it and sends the very same bytes. */
    storeAttempt: (submissionId: string, attempt: NewAttempt): Promise<void> =>
      write((open, epoch) => insertAttempt(open, submissionId, attempt, epoch)),

    markSent: (hash: Hash): Promise<void> =>
      write(async (open) => {
        await open.query("UPDATE attempt SET sent_at = now() WHERE tx_hash = $1 AND sent_at IS NULL", [hash]);
      }),

    setState: (id: string, state: SubmissionState, minedBlock: number | null): Promise<void> =>
      write(async (open) => {
        await open.query("UPDATE submission SET state = $2, mined_block = $3 WHERE id = $1", [id, state, minedBlock]);
      }),

    seal: (submission: NewSubmission): Promise<string> =>
      write((open, epoch) => insertSubmission(open, submission, epoch)),

    /** Seals what only uses up a nonce, with its attempt. */
    sealNothing: (gasLimit: number, attempt: NewAttempt): Promise<void> =>
      write(async (open, epoch) => {
        const nothing = { kind: "nothing", calldata: new Uint8Array(), gasLimit, digests: [] } as const;
        await insertAttempt(open, await insertSubmission(open, nothing, epoch), attempt, epoch);
      }),

    readQueue: (limit: number): Promise<QueuedEvent[]> => readQueue(tx, limit),
    readHeads: (ids: readonly PassportId[]): Promise<Map<PassportId, Head>> => readHeads(tx, ids),
    readInFlight: (): Promise<HeadMove[]> => readInFlight(tx),
  };
}

/** Stores a sealed submission; answers its id. */
export async function insertSubmission(tx: Transaction, submission: NewSubmission, epoch: Epoch): Promise<string> {
  const { rows } = await tx.query(
    "INSERT INTO submission (kind, calldata, gas_limit, epoch) VALUES ($1, $2, $3, $4) RETURNING id::text",
    [submission.kind, Buffer.from(submission.calldata), submission.gasLimit, epoch],
  );
  const id: string = rows[0].id;
  await insertRows(
    tx,
    "submission_event",
    [
      ["submission_id", "bigint", () => id],
      ["position", "int", ([position]) => position],
      ["digest", "text", ([, digest]) => digest],
    ],
    [...submission.digests.entries()],
  );
  return id;
}

async function insertAttempt(tx: Transaction, submissionId: string, attempt: NewAttempt, epoch: Epoch): Promise<void> {
  await tx.query(
    `INSERT INTO attempt (submission_id, number, sender, nonce, raw, tx_hash, max_fee, priority_fee, epoch)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      submissionId,
      attempt.number,
      attempt.sender,
      attempt.nonce,
      Buffer.from(attempt.raw),
      attempt.hash,
      attempt.maxFee.toString(),
      attempt.priorityFee.toString(),
      epoch,
    ],
  );
  await tx.query("UPDATE submission SET state = 'submitted' WHERE id = $1", [submissionId]);
}

/** Of a submission `s`: one whose block the projection has not reached may have done its work, which is not yet known. */
export const MAY_LAND = `(s.state IN ('sealed', 'submitted')
  OR (s.state = 'mined' AND s.mined_block > (SELECT head_number FROM chain_cursor)))`;

// Arrays, so that it is always by index: the planner cannot know how few of all submissions and events these are.
const IN_FLIGHT = `SELECT se.digest FROM submission_event se
  WHERE se.submission_id = ANY (ARRAY(SELECT s.id FROM submission s WHERE ${MAY_LAND}))`;

/**
 * Accepted events with open items that no submission carries and that can still be included, in the order of acceptance. Acceptors number events
 * under a lock that they hold until COMMIT, so an event never appears behind a later one that was taken already.
 */
async function readQueue(tx: Transaction, limit: number): Promise<QueuedEvent[]> {
  const { rows } = await tx.query(
    `SELECT e.digest, e.event, extract(epoch FROM now() - e.accepted_at)::float AS "secondsWaiting", open.items AS open,
       tried.count::int AS tries, coalesce(extract(epoch FROM now() - tried.last), 0)::float AS "secondsSinceTry"
     FROM (SELECT digest, event, accepted_at, position FROM accepted_event
       WHERE digest = ANY (ARRAY(SELECT digest FROM accepted_item WHERE state = 'open' EXCEPT ${IN_FLIGHT}))
       AND deadline >= (SELECT head_time FROM chain_cursor) ORDER BY position LIMIT $1) e
     CROSS JOIN LATERAL (SELECT json_agg(json_build_object('position', position, 'head', head) ORDER BY position) AS items
       FROM accepted_item WHERE digest = e.digest AND state = 'open') open
     CROSS JOIN LATERAL (SELECT count(*) AS count, max(s.sealed_at) AS last FROM submission_event se
       JOIN submission s ON s.id = se.submission_id WHERE se.digest = e.digest) tried
     ORDER BY e.position`,
    [limit],
  );
  return rows.map((row) => ({ ...row, event: parseSignedCustodyEvent(row.event) }));
}

/** What events in flight will do to heads, in the order in which they are sent. */
async function readInFlight(tx: Transaction): Promise<HeadMove[]> {
  const { rows } = await tx.query(
    `SELECT i.passport_id AS "passportId", i.prev_head AS "prevHead", i.head FROM accepted_item i
     JOIN accepted_event e ON e.digest = i.digest WHERE i.digest = ANY (ARRAY(${IN_FLIGHT})) AND i.state = 'open'
     ORDER BY e.position, i.position`,
  );
  return rows;
}

async function readHeads(tx: Transaction, ids: readonly PassportId[]): Promise<Map<PassportId, Head>> {
  const { rows } = await tx.query("SELECT id, head FROM chain_passport WHERE id = ANY($1)", [ids]);
  return new Map(rows.map((row: { id: PassportId; head: Head }) => [row.id, row.head]));
}
