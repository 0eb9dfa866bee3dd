import { Client } from "pg";
import { DomainError } from "../domain/errors.ts";
import type { Transaction } from "./database.ts";

/** The number of a leader's time in office, as PostgreSQL writes a bigint. Every change of leader adds one. */
export type Epoch = string;

/** What one of several processes on a database does at a time. */
export type Office = "relayer" | "follower";

/** Who holds an office: of several processes on one database, one. */
export type Leadership = {
  /** True while this process leads; tries to become the leader when nobody is, or the one who is gives no sign. */
  hold(): Promise<boolean>;
  /**
   * To be called first in every transaction in which the leader writes: answers the epoch to write with, and throws
   * `leadership-lost` where another has taken over. Until that transaction ends, nobody else can take over.
   */
  fence(tx: Transaction): Promise<Epoch>;
  /** Tells every process what keeps this one from its work: a code, or null for nothing. */
  note(trouble: string | null): Promise<void>;
  /** Lets another process lead. */
  release(): Promise<void>;
};

/** A row, and a lock that nothing else on the server takes: "BPRELAY" and a number, as one big integer. */
const OFFICES: { readonly [office in Office]: { readonly id: number; readonly lock: string } } = {
  relayer: { id: 1, lock: "4779417428938801" },
  follower: { id: 2, lock: "4779417428938802" },
};
const BEAT_MS = 1_000;
/** A leader that gave no sign for so long is stopped or cut off: its connection is ended, and with it its lock. */
const SILENT_SECONDS = 15;
/** How long a leader may stop in the middle of a transaction before the server takes its locks. */
const LONGEST_PAUSE_MS = 10_000;

/** The server notices within some ten seconds that nobody is behind a connection any more, and gives the lock back. */
const KEEPALIVE = `SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = 10000`;

const END_SILENT_LEADER = `SELECT pg_terminate_backend(lock.pid) FROM pg_locks AS lock, leader_epoch AS leader
  WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
    AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (lock.classid::bigint << 32) | lock.objid::bigint = $1::bigint
    AND leader.id = $2 AND leader.seen_at < now() - make_interval(secs => $3)`;

/**
 * Leadership by a session lock on a connection of its own, which the server gives back when this process or its
 * connection dies, and by an epoch that every write carries: a leader that was stopped, or stalled, and goes on after
 * another took over finds its writes refused. Nothing depends on the clock of a process.
 * @param clock monotone milliseconds: only for how often to ask
 */
export function seekLeadership(url: string, office: Office, clock: () => number = () => performance.now()): Leadership {
  const { id, lock } = OFFICES[office];
  let noted: string | null | undefined;
  let client: Client | undefined;
  let epoch: Epoch | undefined;
  let beatAt = Number.NEGATIVE_INFINITY;

  const drop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    epoch = undefined;
    noted = undefined;
    await old?.end().catch(() => undefined);
  };

  /** Shows that this leader lives, and learns whether it still leads. */
  const beat = async (held: Client): Promise<boolean> => {
    try {
      const { rowCount } = await held.query("UPDATE leader_epoch SET seen_at = now() WHERE id = $1 AND epoch = $2", [
        id,
        epoch,
      ]);
      beatAt = clock();
      if (rowCount === 1) return true;
    } catch {
      // half open, or ended by the next leader: either way not ours any more
    }
    await drop();
    return false;
  };

  const take = async (fresh: Client): Promise<boolean> => {
    await fresh.connect();
    await fresh.query(KEEPALIVE);
    const { rows } = await fresh.query("SELECT pg_try_advisory_lock($1::bigint) AS leads", [lock]);
    if (rows[0].leads !== true) {
      await fresh.query(END_SILENT_LEADER, [lock, id, SILENT_SECONDS]);
      return false;
    }
    // Waits for a write of the last leader that is under way.
    const { rows: taken } = await fresh.query<{ epoch: Epoch }>(
      "UPDATE leader_epoch SET epoch = epoch + 1, seen_at = now(), trouble = NULL WHERE id = $1 RETURNING epoch",
      [id],
    );
    client = fresh;
    epoch = taken[0]?.epoch;
    beatAt = clock();
    return true;
  };

  return {
    async hold() {
      if (client !== undefined) return clock() - beatAt < BEAT_MS || (await beat(client));
      const fresh = new Client({
        connectionString: url,
        connectionTimeoutMillis: 5_000,
        query_timeout: 5_000,
        keepAlive: true,
        application_name: `battery-passport ${office}`,
      });
      fresh.on("error", () => {
        if (client === fresh) client = undefined;
      });
      try {
        if (await take(fresh)) return true;
      } catch (error) {
        await fresh.end().catch(() => undefined);
        throw error;
      }
      await fresh.end();
      return false;
    },
    async fence(tx) {
      const mine = epoch;
      await tx.query(`SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_PAUSE_MS}`);
      const { rows } = await tx.query<{ epoch: Epoch }>("SELECT epoch FROM leader_epoch WHERE id = $1 FOR SHARE", [id]);
      const now = rows[0]?.epoch;
      if (mine !== undefined && now === mine) return mine;
      await drop();
      throw new DomainError("leadership-lost", `Another process is the ${office} now; this one writes nothing.`, {
        epoch: mine ?? null,
        now: now ?? null,
      });
    },
    async note(trouble) {
      if (client === undefined || noted === trouble) return;
      await client.query("UPDATE leader_epoch SET trouble = $3 WHERE id = $1 AND epoch = $2", [id, epoch, trouble]);
      noted = trouble;
    },
    release: drop,
  };
}
