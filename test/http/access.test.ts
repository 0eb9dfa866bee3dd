import { expect } from "chai";
import { erasureDigest } from "../../backend/domain/access/erasure.ts";
import { ZERO_HEAD } from "../../backend/domain/bytes.ts";
import { passportIdOf } from "../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import { digestOfDisclosure } from "../../backend/domain/records/disclosureCodec.ts";
import { reveal } from "../../backend/domain/records/disclosures.ts";
import { readRecord } from "../../backend/domain/records/parseRecord.ts";
import type { Hash, JsonObject, Uid } from "../../backend/domain/types.ts";
import { storeRecords } from "../../backend/services/custody/storeRecords.ts";
import {
  AUTHORITY,
  type Built,
  buildEvent,
  buildHandover,
  buildMint,
  COLLECTOR,
  FLEET,
  LAB,
  NOW,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
  RECYCLER,
  REGISTRAR,
  recordOf,
  SEALING,
  SEPARATOR,
  signerOf,
} from "../services/world.ts";
import { problemCode, startServer, type TestServer } from "./server.ts";
import { signIn } from "./signIn.ts";

const PROTECTED = {
  status: "original",
  model: {
    manufacturer: "Cellworks",
    composition: { cathode: [{ name: "NMC622", share: { value: "0.31", unit: "%" } }] },
    testReports: ["UN 38.3, report 7"],
  },
};

describe("disclosures by tier", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());
  afterEach(() => {
    server.world.clock.now = NOW;
  });

  let block = 10;
  const accept = async (built: Built) => {
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    return built;
  };
  const land = async (built: Built) => {
    await accept(built);
    await projectEvent(server.world.database, built, ++block);
    return built;
  };
  const mintWith = (fields: JsonObject = {}) => land(buildMint(nextUid(), PRODUCER, {}, { ...PROTECTED, ...fields }));
  const read = async (id: number, mint: Built) => {
    const response = await server.get(`/v1/dpps/${passportOf(mint)}/disclosures`, await signIn(server, id));
    expect(response.status).to.equal(200);
    return response.json();
  };
  /** The names of the fields that a participant sees, by type of record, and nothing unproven among them. */
  const seen = async (id: number, mint: Built): Promise<Record<string, string[]>> => {
    const { records } = await read(id, mint);
    const shown: Record<string, string[]> = {};
    for (const { cid, type, disclosures } of records) {
      const record = await (await server.get(`/ipfs/${cid}`)).json();
      shown[type] = reveal(record, disclosures).disclosed.map(({ path }) => path);
    }
    return shown;
  };

  it("show the authority points 2 and 3, a recycler and a laboratory point 2, a stranger nothing", async () => {
    const mint = await mintWith();
    const point2 = [
      "$.model.composition",
      "$.model.composition.cathode",
      "$.model.composition.cathode[0]",
      "$.model.composition.cathode[0].name",
      "$.model.composition.cathode[0].share",
    ];
    expect(Object.keys(await seen(AUTHORITY, mint))).to.deep.equal(["mint/1"]);
    expect((await seen(AUTHORITY, mint))["mint/1"]).to.have.members([
      ...point2,
      "$.model.testReports",
      "$.model.testReports[0]",
    ]);
    for (const id of [RECYCLER, LAB]) expect((await seen(id, mint))["mint/1"]).to.have.members(point2);
    expect(await seen(FLEET, mint)).to.deep.equal({});
  });

  it("open what a model's record withholds as if it stood in the mint, and not to a mint that borrows another's", async () => {
    const modelUid = "urn:example:tiers-model";
    const model = recordOf("model/1", {
      subject: passportIdOf(PRODUCER, modelUid as Uid),
      uid: modelUid,
      model: {
        manufacturer: "Cellworks",
        composition: { cathode: "NMC622" },
        testReports: [{ subject: "UN 38.3", result: "passed" }],
      },
    });
    const naming = (actor: number, uid = nextUid()) => {
      const fields = { uid, modelRecord: model.hash };
      const entry = { passportId: passportIdOf(actor, normaliseUid(uid)), prevHead: ZERO_HEAD, fields };
      return buildEvent("mint", actor, [entry], { version: 2 });
    };
    const mint = naming(PRODUCER);
    const { record, disclosures } = model;
    const submission = { ...mint.submission, models: [{ record, disclosures }] };
    expect((await server.post("/v1/custody-events", submission)).status).to.equal(202);
    await projectEvent(server.world.database, mint, ++block);
    const composition = "$.model.composition.cathode";
    expect((await seen(RECYCLER, mint))["model/1"])
      .to.include(composition)
      .and.not.include("$.model.testReports");
    expect((await seen(AUTHORITY, mint))["model/1"]).to.include.members([composition, "$.model.testReports[0].result"]);
    expect((await seen(PRODUCER, mint))["model/1"]).to.include(composition);
    expect(await seen(FLEET, mint)).to.deep.equal({});
    const borrowed = await land(naming(REGISTRAR));
    expect(Object.keys(await seen(REGISTRAR, borrowed))).to.deep.equal(["mint/2"]);
  });

  it("show the present custodian what is individual, and the giver no longer what it did not sign", async () => {
    const mint = await mintWith();
    await land(buildHandover(PRODUCER, FLEET, [mint]));
    const own = ["$.status", "$.condition"];
    const fleet = await seen(FLEET, mint);
    expect(fleet["mint/1"]).to.have.members(own);
    expect(fleet["handover/1"]).to.deep.equal(["$.condition"]);
    // The issuer may read back all that it wrote, for as long as it is kept.
    expect((await seen(PRODUCER, mint))["mint/1"]).to.include.members([...own, "$.model.testReports[0]"]);
    expect(await seen(COLLECTOR, mint)).to.deep.equal({});
  });

  it("convey the disclosures to the receiver: at the offer, on the way, and when it has the item", async () => {
    const mint = await mintWith();
    const offer = buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null });
    expect(await seen(FLEET, mint)).to.deep.equal({});
    await accept(offer);
    const conveyed = { "mint/1": ["$.condition", "$.status"], "handover/1": ["$.condition"] };
    const sorted = async () => {
      const shown = await seen(FLEET, mint);
      return Object.fromEntries(Object.entries(shown).map(([type, paths]) => [type, [...paths].sort()]));
    };
    expect(await sorted()).to.deep.equal(conveyed);
    expect(await seen(COLLECTOR, mint)).to.deep.equal({});
    const whole = buildHandover(PRODUCER, FLEET, [mint]);
    await accept(whole);
    expect(await sorted()).to.deep.equal(conveyed);
    await projectEvent(server.world.database, whole, ++block);
    expect(await sorted()).to.deep.equal(conveyed);
    await land(buildHandover(FLEET, COLLECTOR, [{ ...mint, heads: whole.heads }]));
    // What it accepted by its signature it may read back; the battery's own fields are its successor's.
    expect(await sorted()).to.deep.equal({ "handover/1": ["$.condition"] });
  });

  it("end with an offer's deadline, and with the head it was made on", async () => {
    const mint = await mintWith();
    await accept(buildHandover(PRODUCER, FLEET, [mint], { counterpartyKey: null, deadline: NOW + 500 }));
    server.world.clock.now = NOW + 500;
    expect(Object.keys(await seen(FLEET, mint))).to.deep.equal(["mint/1", "handover/1"]);
    server.world.clock.now = NOW + 501;
    expect(await seen(FLEET, mint)).to.deep.equal({});
    server.world.clock.now = NOW;
    await land(buildEvent("withdrawal", PRODUCER, [{ passportId: passportOf(mint), prevHead: mint.heads[0]! }]));
    expect(await seen(FLEET, mint)).to.deep.equal({});
  });

  /** An event as the chain takes it: nobody there compares the hash with a record. */
  const uponHash = (built: Built, recordHash: Hash): Built => ({
    ...built,
    signed: { ...built.signed, items: built.signed.items.map((item) => ({ ...item, recordHash })) },
  });

  it("open nothing to somebody who signs for a record of another", async () => {
    const mint = await mintWith();
    const { prisma } = server.world.database;
    const { record } = mint.submission.records[0]!;
    const recordHash = mint.signed.items[0]!.recordHash;
    // FLEET mints a passport of its own upon the hash; then it gets this one, and moves it upon the hash; then it
    // writes a data record with the hash.
    const own = uponHash(buildMint(nextUid(), FLEET), recordHash);
    await projectEvent(server.world.database, own, ++block);
    expect(await seen(FLEET, own)).to.deep.equal({});
    const handover = await land(buildHandover(PRODUCER, FLEET, [mint]));
    const before = await seen(FLEET, mint);
    const again = buildEvent("withdrawal", FLEET, [{ passportId: passportOf(mint), prevHead: handover.heads[0]! }]);
    await projectEvent(server.world.database, uponHash(again, recordHash), ++block);
    await prisma.dataRecord.create({
      data: {
        digest: `0x${"da".repeat(32)}`,
        subjectId: passportOf(mint),
        author: FLEET,
        occurredAt: BigInt(NOW),
        recordHash,
        signature: "0x",
        receipt: {},
        acceptedAt: new Date(NOW * 1000),
      },
    });
    expect(await seen(FLEET, mint)).to.deep.equal(before);
    expect(before["mint/1"]).not.to.include("$.model.composition");
    expect(record.subject).to.equal(passportOf(mint));
  });

  it("show a data record to its author and the custodian, its kind included", async () => {
    const mint = await mintWith();
    const health = { subject: passportOf(mint), kind: "state-of-health", stateOfHealth: { value: 91, unit: "%" } };
    const built = recordOf("data/1", health);
    await storeRecords(
      server.world.database.pool,
      [
        {
          ...built,
          record: readRecord(built.record),
          disclosures: built.disclosures.map((text) => ({ digest: digestOfDisclosure(text), text })),
        },
      ],
      SEALING,
      false,
    );
    await server.world.database.prisma.dataRecord.create({
      data: {
        digest: `0x${"db".repeat(32)}`,
        subjectId: passportOf(mint),
        author: LAB,
        occurredAt: BigInt(NOW),
        recordHash: built.hash,
        signature: "0x",
        receipt: {},
        acceptedAt: new Date(NOW * 1000),
      },
    });
    for (const id of [LAB, PRODUCER]) {
      expect((await seen(id, mint))["data/1"]).to.have.members(["$.kind", "$.stateOfHealth"]);
    }
    for (const id of [AUTHORITY, RECYCLER, FLEET]) expect(await seen(id, mint)).not.to.have.property("data/1");
    const { records } = await read(LAB, mint);
    expect(records.at(-1)).to.deep.include({ events: [], dataRecords: [`0x${"db".repeat(32)}`] });
  });

  it("follow the law that the passport names, the EU's where it names none or one that is unknown", async () => {
    const [eu, cn, odd] = [
      await mintWith(),
      await mintWith({ jurisdiction: "cn" }),
      await mintWith({ jurisdiction: "zz" }),
    ];
    expect(await read(AUTHORITY, eu)).to.include({ jurisdiction: "eu", policy: "eu/1" });
    expect(await read(AUTHORITY, odd)).to.include({ jurisdiction: "eu", policy: "eu/1" });
    expect(await read(AUTHORITY, cn)).to.include({ jurisdiction: "cn", policy: "cn/1" });
    expect((await seen(AUTHORITY, cn))["mint/1"]).to.include.members(["$.status", "$.condition", "$.jurisdiction"]);
    expect((await seen(AUTHORITY, eu))["mint/1"]).not.to.include("$.status");
  });

  it("log every reading with who, when and which disclosures, and never a value", async () => {
    const mint = await mintWith();
    const { records } = await read(LAB, mint);
    const { rows } = await server.world.database.pool.query(
      "SELECT participant, action, at, details FROM access_log WHERE passport_id = $1",
      [passportOf(mint)],
    );
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({ participant: LAB, action: "read", at: new Date(NOW * 1000) });
    expect(rows[0].details.records[0].recordHash).to.equal(records[0].recordHash);
    expect(rows[0].details.records[0].disclosures).to.have.length(records[0].disclosures.length);
    expect(JSON.stringify(rows)).not.to.match(/NMC622|cathode/);
  });

  describe("granted by the custodian", () => {
    const at = (mint: Built, rest = "") => `/v1/dpps/${passportOf(mint)}/grants${rest}`;
    const grant = async (by: number, mint: Built, body: object) =>
      server.post(at(mint), body, await signIn(server, by));
    const revoke = async (by: number, mint: Built, whom: number) =>
      server.get(at(mint, `/${whom}`), { ...(await signIn(server, by)), method: "DELETE" });
    const list = async (by: number, mint: Built) => server.get(at(mint), await signIn(server, by));

    it("open the battery's own fields to one more participant, until they are taken back", async () => {
      const mint = await mintWith();
      const answer = await grant(PRODUCER, mint, { participantId: COLLECTOR });
      expect(answer.status).to.equal(201);
      expect(await answer.json()).to.deep.equal({
        participantId: COLLECTOR,
        grantedAt: new Date(NOW * 1000).toISOString(),
      });
      expect((await seen(COLLECTOR, mint))["mint/1"]).to.have.members(["$.status", "$.condition"]);
      expect(await seen(FLEET, mint)).to.deep.equal({});
      const { grants } = await (await list(PRODUCER, mint)).json();
      expect(grants.map((one: { participantId: number }) => one.participantId)).to.deep.equal([COLLECTOR]);
      expect((await revoke(PRODUCER, mint, COLLECTOR)).status).to.equal(204);
      expect(await seen(COLLECTOR, mint)).to.deep.equal({});
      expect(await problemCode(await revoke(PRODUCER, mint, COLLECTOR), 404)).to.equal("grant-unknown");
    });

    it("end with the custody, also when the item comes back", async () => {
      const mint = await mintWith();
      await grant(PRODUCER, mint, { participantId: COLLECTOR });
      const away = await land(buildHandover(PRODUCER, FLEET, [mint]));
      expect(await seen(COLLECTOR, mint)).to.deep.equal({});
      await land(buildHandover(FLEET, PRODUCER, [{ ...mint, heads: away.heads }]));
      expect(await seen(COLLECTOR, mint)).to.deep.equal({});
      expect((await (await list(PRODUCER, mint)).json()).grants).to.deep.equal([]);
    });

    it("end at their time, and a repeat sets another one", async () => {
      const mint = await mintWith();
      await grant(PRODUCER, mint, { participantId: COLLECTOR, expiresAt: NOW + 100 });
      await grant(PRODUCER, mint, { participantId: COLLECTOR, expiresAt: NOW + 200 });
      server.world.clock.now = NOW + 199;
      expect(await seen(COLLECTOR, mint)).to.have.property("mint/1");
      server.world.clock.now = NOW + 200;
      expect(await seen(COLLECTOR, mint)).to.deep.equal({});
    });

    it("are made, listed and taken back by the present custodian alone", async () => {
      const mint = await mintWith();
      await land(buildHandover(PRODUCER, FLEET, [mint]));
      for (const id of [PRODUCER, AUTHORITY, COLLECTOR]) {
        expect(await problemCode(await grant(id, mint, { participantId: LAB }), 403)).to.equal("access-denied");
        expect(await problemCode(await list(id, mint), 403)).to.equal("access-denied");
        expect(await problemCode(await revoke(id, mint, LAB), 403)).to.equal("access-denied");
      }
    });

    it("are refused to oneself, to nobody, in the past, and with more in them", async () => {
      const mint = await mintWith();
      const refused = async (body: object, status: number) => problemCode(await grant(PRODUCER, mint, body), status);
      expect(await refused({ participantId: PRODUCER }, 422)).to.equal("grant-invalid");
      expect(await refused({ participantId: COLLECTOR, expiresAt: NOW }, 422)).to.equal("grant-invalid");
      expect(await refused({ participantId: 4242 }, 404)).to.equal("participant-not-found");
      for (const more of [{ granter: FLEET }, { points: [2, 3] }, { participantId: 0 }]) {
        expect(await refused({ participantId: COLLECTOR, ...more }, 400)).to.equal("request-invalid");
      }
      expect(await problemCode(await server.post(at(mint), { participantId: COLLECTOR }), 401)).to.equal(
        "session-missing",
      );
    });
  });

  it("let custodian and regulator, and nobody else, see who read what, page by page", async () => {
    const mint = await mintWith();
    await read(LAB, mint);
    await read(FLEET, mint);
    const log = async (id: number, query = "") =>
      server.get(`/v1/dpps/${passportOf(mint)}/access-log${query}`, await signIn(server, id));
    const { entries, nextCursor } = await (await log(PRODUCER, "?limit=1")).json();
    expect(entries.map((entry: JsonObject) => [entry.participantId, entry.action])).to.deep.equal([[FLEET, "read"]]);
    expect(entries[0].details).to.have.all.keys("policy");
    const older = await (await log(AUTHORITY, `?cursor=${nextCursor}`)).json();
    expect(older.entries.map((entry: JsonObject) => entry.participantId)).to.deep.equal([LAB]);
    expect((await (await log(AUTHORITY)).json()).entries[0]).to.include({
      participantId: AUTHORITY,
      action: "read-log",
    });
    for (const id of [LAB, FLEET]) expect(await problemCode(await log(id), 403)).to.equal("access-denied");
  });

  it("are gone after an erasure that the author signed for, by HTTP", async () => {
    const mint = await mintWith();
    const recordHash = mint.signed.items[0]!.recordHash;
    const erasure = { participant: PRODUCER, recordHash, disclosures: [], requestedAt: NOW };
    const signature = signerOf(PRODUCER).sign(erasureDigest(SEPARATOR, erasure));
    expect((await server.post("/v1/erasures", { ...erasure, signature })).status).to.equal(200);
    expect(await seen(PRODUCER, mint)).to.deep.equal({});
    const spelled = [`${"A".repeat(42)}B`];
    for (const wrong of [
      { disclosures: spelled },
      { disclosures: ["x"] },
      { erased: [] },
      { disclosures: Array(2).fill("A".repeat(43)) },
    ]) {
      const body = { ...erasure, signature, ...wrong };
      expect(await problemCode(await server.post("/v1/erasures", body), 400)).to.equal("request-invalid");
    }
  });

  it("answer unknown passports by 404, after the token", async () => {
    const nowhere = `/v1/dpps/0x${"01".repeat(20)}/disclosures`;
    expect(await problemCode(await server.get(nowhere), 401)).to.equal("session-missing");
    expect(await problemCode(await server.get(nowhere, await signIn(server, LAB)), 404)).to.equal("dpp-unknown");
  });
});
