import { expect } from "chai";
import { type Erasure, erasureDigest } from "../../../backend/domain/access/erasure.ts";
import { hashOfCid } from "../../../backend/domain/records/cid.ts";
import { digestOfDisclosure } from "../../../backend/domain/records/disclosureCodec.ts";
import { discloseOnly, reveal } from "../../../backend/domain/records/disclosures.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hash, JsonObject } from "../../../backend/domain/types.ts";
import { type ErasureDependencies, eraseDisclosures } from "../../../backend/services/access/eraseDisclosures.ts";
import { readDisclosures } from "../../../backend/services/access/readDisclosures.ts";
import { replayErasures } from "../../../backend/services/access/replayErasures.ts";
import { readAttachment } from "../../../backend/services/attachments/readAttachment.ts";
import { storeAttachment } from "../../../backend/services/attachments/storeAttachment.ts";
import { type Database, inTransaction, openDatabase } from "../../../backend/storage/database.ts";
import type { ErasureEntry } from "../../../backend/storage/erasures.ts";
import { readErasures, storeBesideOthers } from "../../../backend/storage/erasures.ts";
import { pdf } from "../../domain/attachments/samples.ts";
import { copyDatabase } from "../../support/database.ts";
import { waitUntil } from "../../support/waitUntil.ts";
import {
  type Built,
  buildHandover,
  buildMint,
  COLLECTOR,
  createWorld,
  FLEET,
  NOW,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
  SEALING,
  SEPARATOR,
  SUSPENDED,
  signerOf,
  type World,
} from "../world.ts";

const FIELDS = {
  vehicle: { vin: "WVWZZZ1JZXW000001", plate: "AB 123" },
  status: "original",
};

describe("erasures", () => {
  let world: World;
  const file: ErasureEntry[] = [];
  const erasureFile = {
    append: async (entry: ErasureEntry) => void file.push(JSON.parse(JSON.stringify(entry))),
    read: async () => file,
  };
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());
  beforeEach(() => file.splice(0));

  let block = 10;
  const land = async (built: Built) => {
    await world.acceptor.accept(built.submission);
    await projectEvent(world.database, built, ++block);
    return built;
  };
  const mintWithFields = () => land(buildMint(nextUid(), PRODUCER, {}, FIELDS));
  const recordOf = (built: Built) => built.submission.records[0]!;
  const hashOf = (built: Built): Hash => built.signed.items[0]!.recordHash;

  const erase = (by: number, erasure: Partial<Erasure> & Pick<Erasure, "recordHash">, change: object = {}) => {
    const whole: Erasure = { participant: by, disclosures: [], requestedAt: NOW, ...erasure };
    const signature = signerOf(by).sign(erasureDigest(SEPARATOR, whole));
    const dependencies: ErasureDependencies = {
      database: world.database,
      sealing: SEALING,
      recoverSigner,
      separator: SEPARATOR,
      erasureFile,
      now: () => NOW,
    };
    return eraseDisclosures({ ...dependencies, ...change }, { ...whole, signature });
  };
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error) => error.code,
    );
  const kept = async (built: Built, pool = world.database.pool): Promise<number> => {
    const { rows } = await pool.query("SELECT count(*)::int AS kept FROM record_disclosure WHERE record_hash = $1", [
      hashOf(built),
    ]);
    return rows[0].kept;
  };
  const seen = async (by: number, built: Built): Promise<string[]> => {
    const caller = { participantId: by, roles: [] };
    const { records } = await readDisclosures(
      { database: world.database, sealing: SEALING },
      caller,
      passportOf(built),
      NOW,
    );
    const [own] = records.filter(({ recordHash }) => recordHash === hashOf(built));
    return own === undefined ? [] : reveal(recordOf(built).record, own.disclosures).disclosed.map(({ path }) => path);
  };

  it("delete every disclosure of a record, and leave the record as it was signed", async () => {
    const mint = await mintWithFields();
    const { erased, digest } = await erase(PRODUCER, { recordHash: hashOf(mint) });
    expect(erased).to.have.members(recordOf(mint).disclosures.map(digestOfDisclosure));
    expect(await kept(mint)).to.equal(0);
    expect(await seen(PRODUCER, mint)).to.deep.equal([]);
    const { rows } = await world.database.pool.query("SELECT bytes FROM record WHERE hash = $1", [hashOf(mint)]);
    expect(JSON.parse(rows[0].bytes)).to.deep.equal(recordOf(mint).record);
    const log = await world.database.prisma.accessLog.findFirst({
      where: { action: "erase" },
      orderBy: { id: "desc" },
    });
    expect(log).to.deep.include({ participant: PRODUCER, passportId: passportOf(mint) });
    expect(file.map((entry) => entry.digest)).to.deep.equal([digest]);
  });

  it("delete one field with what is inside it, and leave its neighbours readable", async () => {
    const mint = await mintWithFields();
    const { record, disclosures } = recordOf(mint);
    const [vehicle] = discloseOnly(disclosures, record, "vehicle");
    await erase(PRODUCER, { recordHash: hashOf(mint), disclosures: [digestOfDisclosure(vehicle as string)] });
    expect(await seen(PRODUCER, mint)).to.have.members(["$.status", "$.condition"]);
  });

  describe("of what names attachments", () => {
    const bring = async (bytes: Uint8Array, isPublic = false, participantId = PRODUCER) => {
      const caller = { participantId, roles: [] };
      return (await storeAttachment(world.database, caller, bytes, { isPublic, now: NOW })).cid;
    };
    const mintNaming = (cids: readonly string[], fields: JsonObject = {}) =>
      land(buildMint(nextUid(), PRODUCER, { version: 2 }, { attachments: cids, ...fields }));
    const isHere = async (cid: string, database: Pick<Database, "pool"> = world.database): Promise<boolean> =>
      (await codeOf(readAttachment(database, cid))) === "none";
    const blocks = async (cid: string): Promise<number> => {
      const { rowCount } = await world.database.pool.query("SELECT FROM content_block WHERE hash = $1", [
        hashOfCid(cid),
      ]);
      return rowCount ?? 0;
    };

    it("delete those that nothing names any more, whoever brought them, and leave the published ones", async () => {
      const [withheld, shown] = [await bring(pdf("1.1")), await bring(pdf("1.2"), true)];
      await bring(pdf("1.1"), false, FLEET);
      const mint = await mintNaming([withheld, shown]);
      await erase(PRODUCER, { recordHash: hashOf(mint) });
      expect([await isHere(withheld), await blocks(withheld)]).to.deep.equal([false, 0]);
      expect([await isHere(shown), await blocks(shown)]).to.deep.equal([true, 1]);
    });

    it("leave one that another record names, or another field, until the last of them is erased", async () => {
      const cid = await bring(pdf("1.3"));
      const other = await mintNaming([cid]);
      const mint = await mintNaming([cid], { model: { testReports: [{ subject: "s", result: "r", report: cid }] } });
      const { record, disclosures } = recordOf(mint);
      const [list] = discloseOnly(disclosures, record, "attachments");
      await erase(PRODUCER, { recordHash: hashOf(other) });
      expect(await isHere(cid)).to.equal(true);
      await erase(PRODUCER, { recordHash: hashOf(mint), disclosures: [digestOfDisclosure(list as string)] });
      expect(await isHere(cid)).to.equal(true);
      await erase(PRODUCER, { recordHash: hashOf(mint) });
      expect(await isHere(cid)).to.equal(false);
    });

    it("delete them again from an older copy of the database", async () => {
      const [cid, unnamed] = [await bring(pdf("1.4")), await bring(pdf("1.5"))];
      const mint = await mintNaming([cid]);
      const backup = await copyDatabase(world.database);
      await erase(PRODUCER, { recordHash: hashOf(mint) });
      const restored = openDatabase(backup.url);
      try {
        expect(await isHere(cid, restored)).to.equal(true);
        await replayErasures(restored, erasureFile);
        expect([await isHere(cid, restored), await isHere(unnamed, restored)]).to.deep.equal([false, true]);
      } finally {
        await restored.close();
        await backup.drop();
      }
    });
  });

  it("are signed for by the author or the present custodian, and by nobody else", async () => {
    const mint = await mintWithFields();
    const handover = await land(buildHandover(PRODUCER, FLEET, [mint]));
    const recordHash = hashOf(mint);
    expect(await codeOf(erase(COLLECTOR, { recordHash }))).to.equal("access-denied");
    expect(await codeOf(erase(SUSPENDED, { recordHash }))).to.equal("participant-suspended");
    expect(await codeOf(erase(99, { recordHash }))).to.equal("participant-unknown");
    expect(await codeOf(erase(FLEET, { recordHash: `0x${"77".repeat(32)}` as Hash }))).to.equal("record-unknown");
    const forged = erase(FLEET, { recordHash }, { recoverSigner: () => signerOf(COLLECTOR).signer });
    expect(await codeOf(forged)).to.equal("signature-wrong");
    for (const requestedAt of [NOW - 86_400, NOW + 901]) {
      expect(await codeOf(erase(FLEET, { recordHash, requestedAt }))).to.equal("erasure-untimely");
    }
    expect(await kept(mint)).to.be.greaterThan(0);
    expect(await codeOf(erase(FLEET, { recordHash }))).to.equal("none");
    expect(await codeOf(erase(PRODUCER, { recordHash: hashOf(handover) }))).to.equal("none");
    expect([await kept(mint), await kept(handover)]).to.deep.equal([0, 0]);
  });

  it("give a repeat the same answer, also much later, and write it once", async () => {
    const mint = await mintWithFields();
    const first = await erase(PRODUCER, { recordHash: hashOf(mint) });
    const again = await erase(PRODUCER, { recordHash: hashOf(mint) }, { now: () => NOW + 90 * 86_400 });
    expect(again).to.deep.equal(first);
    expect(file).to.have.length(1);
  });

  it("delete nothing where the file cannot take the entry", async () => {
    const mint = await mintWithFields();
    const full = { append: () => Promise.reject(new Error("no space left on device")) };
    await erase(PRODUCER, { recordHash: hashOf(mint) }, { erasureFile: full }).catch(() => undefined);
    expect(await kept(mint)).to.be.greaterThan(0);
  });

  it("keep what was erased from coming back with another event that carries the record", async () => {
    const mint = await mintWithFields();
    const offer = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null });
    await world.acceptor.accept(offer.submission);
    expect(await kept(offer)).to.equal(1);
    await erase(PRODUCER, { recordHash: hashOf(offer) });
    await world.acceptor.accept(offer.submission);
    expect(await kept(offer)).to.equal(0);
  });

  describe("while something arrives", () => {
    /** Erases, and in the middle of it begins `arriving`; it is let end once that waits, or has ended. */
    const eraseWhile = async (recordHash: Hash, begin: () => Promise<unknown>): Promise<void> => {
      let arriving: Promise<unknown> = Promise.resolve();
      const append = async () => {
        let ended = false;
        arriving = begin().finally(() => {
          ended = true;
        });
        await waitUntil("what arrives waits or has ended", async () => ended || (await waiting()) > 0);
      };
      await erase(PRODUCER, { recordHash }, { erasureFile: { append } });
      await arriving;
    };
    const waiting = async (): Promise<number> => {
      const { rows } = await world.database.pool.query(
        "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows[0].waiting;
    };

    it("bring nothing back that a repeated record has with it", async () => {
      const mint = await mintWithFields();
      const offer = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null });
      await world.acceptor.accept(offer.submission);
      await eraseWhile(hashOf(offer), () => world.acceptor.accept(offer.submission));
      expect(await kept(offer)).to.equal(0);
    });

    it("wait for a record that is being stored, and leave the attachment that it names", async () => {
      const { cid } = await storeAttachment(world.database, { participantId: PRODUCER, roles: [] }, pdf("1.7"), {
        isPublic: false,
        now: NOW,
      });
      const mint = await land(buildMint(nextUid(), PRODUCER, { version: 2 }, { attachments: [cid] }));
      let erasing: Promise<unknown> = Promise.resolve();
      const storing = inTransaction(world.database.pool, async (tx) => {
        await storeBesideOthers(tx);
        erasing = erase(PRODUCER, { recordHash: hashOf(mint) });
        await waitUntil("the erasure waits", async () => (await waiting()) > 0);
        await tx.query("INSERT INTO attachment_reference (record_hash, digest, hash) VALUES ('0x1', 'd', $1)", [
          hashOfCid(cid),
        ]);
      });
      await storing;
      await erasing;
      expect((await readAttachment(world.database, cid)).type).to.equal("pdf");
    });
  });

  it("are done again on an older copy of the database, from the file alone", async () => {
    const [one, other] = [await mintWithFields(), await mintWithFields()];
    const backup = await copyDatabase(world.database);
    await erase(PRODUCER, { recordHash: hashOf(one) });
    const restored = openDatabase(backup.url);
    try {
      expect(await kept(one, restored.pool)).to.be.greaterThan(0);
      const outcome = await replayErasures(restored, erasureFile);
      expect(outcome.deletedAgain).to.equal(recordOf(one).disclosures.length);
      expect(await kept(one, restored.pool)).to.equal(0);
      expect(await kept(other, restored.pool)).to.equal(recordOf(other).disclosures.length);
      expect(await readErasures(restored.pool, null)).to.deep.equal(await readErasures(world.database.pool, null));
      expect((await replayErasures(restored, erasureFile)).deletedAgain).to.equal(0);
    } finally {
      await restored.close();
      await backup.drop();
    }
  });

  it("come into a file that lacks them from the database", async () => {
    await replayErasures(world.database, erasureFile);
    const known = await readErasures(world.database.pool, null);
    expect(known.length).to.be.greaterThan(3);
    expect(file).to.have.deep.members(known);
  });
});
