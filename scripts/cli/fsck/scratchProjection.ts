import { randomBytes } from "node:crypto";
import { Pool } from "pg";
import { createTables } from "../../../backend/storage/migrate.ts";

/** A second projection beside the first: tables of its own in the same database, so that one statement can compare them. */
export type ScratchProjection = { readonly schema: string; readonly pool: Pool; drop(): Promise<void> };

/** Makes the tables in a schema that no installation uses. */
export async function createScratch(databaseUrl: string): Promise<ScratchProjection> {
  const schema = `fsck_${randomBytes(6).toString("hex")}`;
  const pool = new Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${schema}`,
    max: 2,
    application_name: "battery-passport-fsck",
  });
  pool.on("error", () => undefined); // shows in the query under way
  const drop = async (): Promise<void> => {
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`).finally(() => pool.end());
  };
  try {
    await pool.query(`CREATE SCHEMA ${schema}`);
    const client = await pool.connect();
    try {
      await createTables(client);
    } finally {
      client.release();
    }
    return { schema, pool, drop };
  } catch (error) {
    await drop().catch(() => undefined);
    throw error;
  }
}
