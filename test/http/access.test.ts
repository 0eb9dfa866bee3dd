import { expect } from "chai";
import { reveal } from "../../backend/domain/records/disclosures.ts";
import type { JsonObject } from "../../backend/domain/types.ts";
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

  it("answer unknown passports by 404, after the token", async () => {
    const nowhere = `/v1/dpps/0x${"01".repeat(20)}/disclosures`;
    expect(await problemCode(await server.get(nowhere), 401)).to.equal("session-missing");
    expect(await problemCode(await server.get(nowhere, await signIn(server, LAB)), 404)).to.equal("dpp-unknown");
  });
});
