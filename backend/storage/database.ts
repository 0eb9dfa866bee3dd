import { PrismaPg } from "@prisma/adapter-pg";
import { Pool, type PoolClient } from "pg";
import { PrismaClient } from "./generated/client.ts";

/** One pool of connections with two faces: Prisma for reads and everyday writes, plain SQL for the hot paths. */
export type Database = {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  /** Waits for queries under way, then closes every connection. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** Most connections at once; beyond it callers wait. */
  readonly maxConnections?: number;
  /** How long a caller waits for a connection. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that the server closed while idle; the pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
};

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens PostgreSQL by its URL. Connects at the first query, so an unreachable server shows there and not here.
 * Both faces share the pool: its size bounds everything this process does to the database.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    application_name: "battery-passport",
  });
  let closing = false;
  // Without a listener a restart of the server would end this process. While closing, the pool lets go of connections
  // before they have ended, so that a server stopped right after still cuts some.
  pool.on("error", (error) => closing || options.onConnectionLost?.(error));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    async close() {
      closing = true;
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** A connection inside a transaction: all that a store needs. */
export type Transaction = Pick<PoolClient, "query">;

/**
 * Runs `work` in one transaction: COMMIT if it returns, ROLLBACK if it throws. A connection whose ROLLBACK fails is
 * thrown away, never handed to the next caller in an unknown state.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  // The pool listens to connections only while they are idle: unheard, a server that ends one between two statements of
  // ours would end this process. The next statement says so.
  const ignore = (): void => undefined;
  client.on("error", ignore);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    broken = false;
    return result;
  } catch (error) {
    await client.query("ROLLBACK").then(
      () => {
        broken = false;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.off("error", ignore);
    client.release(broken);
  }
}
