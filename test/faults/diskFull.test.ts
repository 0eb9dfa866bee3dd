import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readEvent } from "../../backend/services/custody/readEvent.ts";
import { openDatabase } from "../../backend/storage/database.ts";
import { unprivileged } from "../support/database.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";
import { acceptorOn } from "./acceptPost.ts";
import { expectWhole } from "./expectWhole.ts";
import { type FaultWorld, type Post, startFaultWorld } from "./faultWorld.ts";
import { settle } from "./settle.ts";

const SIZE = "96m";

/** A disk of its own for one database: a file system in memory, which only root may mount. */
function mountDisk(): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "battery-passport-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    rmdirSync(folder);
    return null;
  }
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** Fault 17: the disk with the tables is full. Skipped where no file system can be mounted. */
describe("faults: the disk is full", function () {
  this.timeout(60_000);
  let disk: string | null = null;
  let world: FaultWorld | undefined;

  before(async function () {
    disk = mountDisk();
    if (disk === null) return this.skip();
    world = await startFaultWorld();
    await administer(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await moveTo("small");
    await catchUp(followerOf(world.database, world.contract));
  });
  after(async () => {
    if (disk === null) return;
    rmSync(filler(), { force: true });
    await world?.stop();
    await administer("DROP TABLESPACE small");
    execFileSync("umount", [disk]);
    rmdirSync(disk);
  });

  const filler = () => join(disk as string, "filler");
  /** Takes what is left, to the last byte. */
  const fillUp = (): void => {
    const chunk = Buffer.alloc(1 << 16);
    for (let size = chunk.length; size > 0; ) {
      try {
        writeFileSync(filler(), chunk.subarray(0, size), { flag: "a" });
      } catch {
        size >>= 1;
      }
    }
  };

  it("17: acknowledges nothing that it could not keep, goes on reading, and goes on when there is room again", async () => {
    const { database, contract } = world as FaultWorld;
    const acceptor = acceptorOn(database, contract);
    const accepted: Post[] = [];
    const refused: Post[] = [];
    const post = async (): Promise<void> => {
      const one = await (world as FaultWorld).mint(40);
      const outcome = await acceptor.accept(JSON.parse(one.body)).catch((error: { code: string }) => error);
      if ("code" in outcome) expect(outcome.code).to.equal("database-unavailable");
      ("code" in outcome ? refused : accepted).push(one);
    };
    try {
      await post();
      fillUp();
      // There is room left in pages that were begun; then there is none.
      for (let i = 0; i < 100 && refused.length < 3; i++) await post();
      expect(refused).to.have.length(3);
      const { rows } = await database.pool.query("SELECT digest FROM accepted_event");
      expect(rows.map(({ digest }) => digest)).to.have.members(accepted.map(({ digest }) => digest));
      for (const { digest } of accepted) expect((await readEvent(database, digest)).items).to.have.length(40);

      rmSync(filler());
      for (const one of refused) accepted.push({ ...one, ...(await acceptor.accept(JSON.parse(one.body))) });
      await settle(world as FaultWorld, database, relayerOf(database, contract));
      await settle(world as FaultWorld, database, relayerOf(database, contract));
      const open = await database.pool.query("SELECT FROM accepted_item WHERE state <> 'applied'");
      expect(open.rowCount).to.equal(0);
      await expectWhole(world as FaultWorld);
    } finally {
      await acceptor.close();
    }
  });

  async function administer(sql: string): Promise<void> {
    const url = new URL((world as FaultWorld).database.url);
    url.pathname = "/postgres";
    const { pool, close } = openDatabase(url.href, { maxConnections: 1 });
    try {
      await pool.query(sql);
    } finally {
      await close();
    }
  }

  /** A database moves only while nobody is connected; the pool opens new connections by itself. */
  async function moveTo(tablespace: string): Promise<void> {
    const name = new URL((world as FaultWorld).database.url).pathname.slice(1);
    await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    await administer(`ALTER DATABASE ${name} SET TABLESPACE ${tablespace}`);
  }
});
