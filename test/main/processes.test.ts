import { expect } from "chai";
import { formatTrustRoot } from "../../backend/domain/verification/trustRoot.ts";
import { freePort } from "../../backend/embedded/freePort.ts";
import { openDatabase } from "../../backend/storage/database.ts";
import { temporaryFolder } from "../embedded/folders.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type TestContract } from "../support/contract.ts";
import { createDatabase, createEmptyDatabase, type TestDatabase } from "../support/database.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { type RunningServer, runServer } from "./runServer.ts";

/** Ten processes as a cluster would start them: three answer, four work, three do both. */
const ROLES = [
  ...Array<string>(3).fill("api"),
  ...Array<string>(4).fill("relayer,follower,content"),
  ...Array<string>(3).fill("api,relayer,follower"),
];

describe("several processes on one database", function () {
  this.timeout(120_000);
  let chain: TestChain;
  let contract: TestContract;
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let database: Pick<TestDatabase, "pool" | "close">;
  let folder: ReturnType<typeof temporaryFolder>;
  let servers: { readonly roles: string; readonly port: number; readonly server: RunningServer }[];

  before(async () => {
    await (await createDatabase()).drop(); // the shared server is up
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    empty = await createEmptyDatabase();
    database = openDatabase(empty.url, { maxConnections: 2 });
    folder = temporaryFolder();
    servers = await Promise.all(ROLES.map(async (roles) => start(roles, await freePort())));
    await Promise.all(servers.map(({ server }) => server.ready(90_000)));
  });
  after(async () => {
    for (const { server } of servers ?? []) server.signal("SIGKILL");
    await Promise.all((servers ?? []).map(({ server }) => server.ended));
    await database?.close();
    await waitUntil("nobody is connected any more", async () => {
      return await empty.drop().then(
        () => true,
        () => false,
      );
    });
    await chain?.stop();
    folder?.remove();
  });

  function start(roles: string, port: number) {
    const server = runServer(folder.path, {
      port,
      env: {
        ROLES: roles,
        DATABASE_URL: empty.url,
        RPC_URL: chain.url,
        TRUST_ROOT: formatTrustRoot(contract),
        DEPLOYMENT_BLOCK: String(contract.deploymentBlock),
        LOG_LEVEL: "error",
      },
    });
    return { roles, port, server };
  }
  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const holders = async (office: string): Promise<number> =>
    (
      await query(
        `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'advisory' AND granted AND application_name = 'battery-passport ${office}' AND datname = current_database()`,
      )
    ).length;
  const followed = async (): Promise<number> =>
    Number((await query("SELECT head_number FROM chain_cursor"))[0]?.head_number ?? 0);
  const headOfChain = async (): Promise<number> => Number(await chain.rpc("eth_blockNumber"));

  it("migrate once, elect one relayer and one follower, and follow the chain", async () => {
    const migrations = await query(
      "SELECT count(*)::int AS all, count(DISTINCT migration_name)::int AS one FROM _prisma_migrations",
    );
    expect(migrations[0]?.all).to.equal(migrations[0]?.one);
    await waitUntil("the offices are held", async () => (await holders("relayer")) + (await holders("follower")) === 2);
    await waitUntil("the chain is followed", async () => (await followed()) === (await headOfChain()));
    expect(await query("SELECT count(*)::int AS cursors FROM chain_cursor")).to.deep.equal([{ cursors: 1 }]);
  });

  it("answer by HTTP where that is their role, and about their health in any", async () => {
    for (const { roles, port } of [servers[0]!, servers[3]!]) {
      const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
      expect(await status("/livez"), roles).to.equal(200);
      expect(await status("/metrics"), roles).to.equal(200);
      expect(await status("/v1/registry"), roles).to.equal(roles === "api" ? 200 : 404);
    }
    const ready = await (await fetch(`http://127.0.0.1:${servers[0]!.port}/readyz`)).json();
    expect((ready as { checks: { relayer: object } }).checks.relayer).to.include({ ok: true, state: "relaying" });
  });

  it("go on when half of them, the leaders among them, are killed", async () => {
    const before = Number((await query("SELECT epoch FROM leader_epoch WHERE id = 1"))[0]?.epoch);
    const workers = servers.filter(({ roles }) => roles !== "api");
    // All but two of those that could lead: whoever led is most likely gone, and if not, goes now.
    for (const { server } of workers.slice(0, -2)) server.signal("SIGKILL");
    await waitUntil("one leads", async () => (await holders("relayer")) === 1 && (await holders("follower")) === 1);
    await chain.rpc("anvil_mine", "0x3");
    await waitUntil("the chain is followed", async () => (await followed()) === (await headOfChain()));
    expect(Number((await query("SELECT epoch FROM leader_epoch WHERE id = 1"))[0]?.epoch)).to.be.at.least(before);
  });
});
