import { Client } from "pg";

/** Who may relay: of several processes on one database, one. */
export type Leadership = {
  /** True while this process leads; tries to become the leader when nobody is. */
  hold(): Promise<boolean>;
  /** Lets another process lead. */
  release(): Promise<void>;
};

/** "BPRELAY" and a number, as one big integer: nothing else on the server takes it. */
const RELAYER_LOCK = "4779417428938801";

/**
 * Leadership by a session lock on a connection of its own: the server gives it back when this process or its connection
 * dies, without any timeout of ours. A broken connection ends leadership at once on this side.
 */
export function seekLeadership(url: string): Leadership {
  let client: Client | undefined;

  const drop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.end().catch(() => undefined);
  };

  return {
    async hold() {
      if (client !== undefined) {
        try {
          await client.query("SELECT 1"); // a half-open connection must not let two lead
          return true;
        } catch {
          await drop();
          return false;
        }
      }
      const fresh = new Client({
        connectionString: url,
        connectionTimeoutMillis: 5_000,
        query_timeout: 5_000,
        keepAlive: true,
      });
      fresh.on("error", () => {
        if (client === fresh) client = undefined;
      });
      try {
        await fresh.connect();
        const { rows } = await fresh.query("SELECT pg_try_advisory_lock($1::bigint) AS leads", [RELAYER_LOCK]);
        if (rows[0].leads === true) {
          client = fresh;
          return true;
        }
      } catch (error) {
        await fresh.end().catch(() => undefined);
        throw error;
      }
      await fresh.end();
      return false;
    },
    release: drop,
  };
}
