import { expect } from "chai";
import { Client } from "pg";
import { buildManifest } from "../../backend/domain/anchors/manifest.ts";
import { cidOf } from "../../backend/domain/records/cid.ts";
import type { JsonObject } from "../../backend/domain/types.ts";
import {
  AUTHORITY,
  type Built,
  type BuiltDataRecord,
  buildDataRecord,
  buildEvent,
  buildMint,
  COLLECTOR,
  FLEET,
  LAB,
  NOW,
  PRODUCER,
  passportOf,
  projectEvent,
  RECYCLER,
  REGISTRAR,
} from "../services/world.ts";
import { startServer, type TestServer } from "./server.ts";
import { signIn } from "./signIn.ts";

const UID = "https://id.gs1.org/01/09521000000018/21/LEAK-1";

/** What is withheld of one battery, by point of Annex XIII. A word with its point stands in every value. */
type Secrets = {
  readonly 2: string;
  readonly 3: string;
  readonly 4: JsonObject;
  readonly data: JsonObject;
  /** More of the model that is withheld, beside the one member for point 2 and the one for point 3. */
  readonly model?: JsonObject;
};

const SECRETS: Secrets = {
  2: "canary-2 NMC622",
  3: "canary-3 passed",
  4: { status: "original", note: "canary-4" },
  data: { kind: "state-of-health", measuredAt: "2027-01-11T09:00:00Z", stateOfHealth: { value: "81", unit: "%" } },
};
/** The same battery at the end of its life: other values, longer, more of them, and a data record of another kind. */
const OTHERS: Secrets = {
  2: "canary-2 a cathode of lithium iron phosphate on aluminium foil, with much more to be said about it",
  3: "canary-3 failed at the nail, after eleven minutes",
  4: {
    status: "waste",
    note: "canary-4, and a story of some length",
    vehicle: { vin: "WVWZZZ1JZXW000001", plates: ["A", "B", "C"] },
    accidents: [{ place: "canary-4" }, { place: "elsewhere" }],
  },
  data: {
    kind: "correction",
    supersedes: `0x${"5a".repeat(32)}`,
    corrections: [{ path: "$.stateOfHealth", value: 1 }],
  },
};

/** Three times as much withheld of the same model, member by member. */
const FULLER_MODEL: JsonObject = {
  partNumbers: [{ part: "canary-2", number: "canary-2" }],
  spareParts: [{ name: "canary-2", contact: "canary-2" }],
  dismantling: { sequence: ["canary-2", "canary-2"], cellCount: 96 },
  safetyMeasures: ["canary-2"],
};

/** A server on which the same happened, but for what is withheld. */
type Twin = { readonly server: TestServer; readonly addresses: ReadonlyMap<string, string>; readonly blocks: string[] };

async function startTwin(secrets: Secrets): Promise<Twin> {
  const server = await startServer();
  const { database } = server.world;
  const model = {
    manufacturer: "Cellworks",
    composition: secrets[2],
    testReports: [{ result: secrets[3] }],
    ...secrets.model,
  };
  const mint = buildMint(UID, PRODUCER, {}, { model, ...secrets[4] });
  const passportId = passportOf(mint);
  const condition = { condition: JSON.stringify(secrets[4]) };
  const next = (kind: "handover", from: number, to: number, before: Built, signed = true): Built =>
    buildEvent(kind, from, [{ passportId, prevHead: before.heads[0]!, fields: condition }], {
      counterparty: to,
      ...(signed ? {} : { counterpartyKey: null }),
    });
  const handover = next("handover", PRODUCER, COLLECTOR, mint);
  for (const [position, built] of [mint, handover].entries()) {
    expect((await server.post("/v1/custody-events", built.submission)).status).to.equal(202);
    await projectEvent(database, built, 10 + position);
  }
  const offer = next("handover", COLLECTOR, RECYCLER, handover, false);
  expect((await server.post("/v1/custody-events", offer.submission)).status).to.equal(202);
  const data = buildDataRecord(passportId, REGISTRAR, { fields: secrets.data });
  const answer = await server.post("/v1/data-records", data.submission);
  expect(answer.status, await answer.text()).to.equal(202);
  return { server, addresses: addressesOf(mint, handover, offer, data), blocks: manifestOf(data) };
}

/** Everything that has an address and concerns the battery, by a name that is the same for all twins. */
function addressesOf(mint: Built, handover: Built, offer: Built, data: BuiltDataRecord): Map<string, string> {
  const id = passportOf(mint);
  const records = [mint, handover, offer].map((built) => built.signed.items[0]!.recordHash);
  const at = (rest: string) => `/v1/dpps/${id}${rest}`;
  return new Map([
    ["passport", at("")],
    ["passport, in full", at("?representation=full")],
    ["passport by product", `/v1/dppsByProductId/${encodeURIComponent(UID)}`],
    [
      "passport then",
      `/v1/dppsByIdAndDate/${id}?date=${encodeURIComponent(new Date((NOW + 60) * 1000).toISOString())}`,
    ],
    ["page", at("")],
    ["passport by scan", "/01/09521000000018/21/LEAK-1"],
    ["passports", "/v1/passports"],
    ["custody", at("/custody")],
    ["pending", at("/pending")],
    ["evidence", at("/evidence")],
    ["verification", at("/verification")],
    ["readiness", at("/readiness")],
    ["label", at("/label")],
    ["code", at("/qr.svg")],
    ["public element", at("/elements/%24.model.manufacturer")],
    ["withheld element", at("/elements/%24.status")],
    ["withheld element of the model", at("/elements/%24.model.composition")],
    ["element that is nowhere", at("/elements/%24.nothing")],
    ["disclosures", at("/disclosures")],
    ["grants", at("/grants")],
    ["access log", at("/access-log")],
    ["offers", `/v1/handovers?to=${RECYCLER}`],
    ["offer", `/v1/handovers/${offer.digest}`],
    ["mint", `/v1/custody-events/${mint.digest}`],
    ["handover", `/v1/custody-events/${handover.digest}`],
    ["receipt", `/v1/receipts/${mint.digest}`],
    ["data records", `/v1/data-records?subject=${id}`],
    ["data records of the author", `/v1/data-records?author=${REGISTRAR}`],
    ["data record", `/v1/data-records/${data.digest}`],
    ["participant", `/v1/participants/${REGISTRAR}`],
    ["identifier", `/v1/identifiers/${encodeURIComponent(UID)}`],
    ...[...records, data.signed.recordHash].map((hash, i) => [`block ${i}`, `/ipfs/${cidOf(hash)}`] as const),
  ]);
}

/** The blocks that an anchor of the data record puts on IPFS. */
const manifestOf = ({ signed }: BuiltDataRecord): string[] =>
  [...buildManifest([signed]).blocks.values()].map((bytes) => new TextDecoder().decode(bytes));

type Seen = ReadonlyMap<string, string>;

/**
 * What was asked of the database since it was last emptied. How long an answer takes goes by what is done for it, so the
 * same statements put it into one class of time; milliseconds would be compared with those of whatever else runs here.
 */
const statements: string[] = [];
const { query } = Client.prototype;

function watchStatements(): void {
  Client.prototype.query = function (this: Client, ...words: readonly unknown[]) {
    const [asked] = words as readonly [string | { readonly text?: string }];
    statements.push(typeof asked === "string" ? asked : String(asked.text));
    return Reflect.apply(query, this, words);
  } as typeof query;
}

/** All that a reader gets, or somebody without a session: status, headers that say something, and the whole body. */
async function collect({ server, addresses, blocks }: Twin, reader: number | null): Promise<Seen> {
  const own: { headers?: { authorization: string } } = reader === null ? {} : await signIn(server, reader);
  const seen = new Map<string, string>();
  for (const [name, path] of addresses) {
    statements.splice(0);
    const response = await server.get(
      path,
      name === "page" ? { headers: { ...own.headers, accept: "text/html" } } : own,
    );
    const headers = ["content-type", "cache-control", "content-disposition"].map((one) => response.headers.get(one));
    seen.set(name, [response.status, ...headers, await response.text()].join("\n"));
    seen.set(`${name}: what was asked of the database`, [...statements].sort().join("\n"));
  }
  const { rows: logs } = await server.world.database.pool.query(
    "SELECT header, items, declined FROM chain_custody_log",
  );
  seen.set("contract logs", JSON.stringify(logs));
  seen.set("manifest blocks", JSON.stringify(blocks));
  return seen;
}

/** The content of a disclosure, without its salt and the digests inside it. */
const contentOf = (disclosure: string): string => {
  if (disclosure.length === 43) return "<digest>"; // in the access log, for the custodian
  const [, ...content] = JSON.parse(Buffer.from(disclosure, "base64url").toString("utf8"));
  return JSON.stringify(content).replace(/"_sd":\[[^\]]*\]|\{"\.\.\.":"[^"]*"\}/g, "hidden");
};

/**
 * Hashes, digests, signatures and salts are random, and so is the order of what is sorted by them: their places are
 * compared, and not they themselves.
 */
const comparable = (text: string): string =>
  text
    .replace(/"disclosures":\["([\w",-]+)"\]/g, (_, list: string) => list.split('","').map(contentOf).sort().join("\n"))
    .replace(/0x[0-9a-f]{16,}/g, (found) => `0x<${found.length}>`)
    .replace(/bafkrei[a-z2-7]{52}/g, "<cid>")
    .replace(/"[\w-]{43}"/g, '"<digest>"')
    .replace(/"createdAt":"[^"]*"/g, '"createdAt":"<when this test ran>"');

/** Whose values are in what was seen, in clear or inside a disclosure. */
function canaries(seen: Seen): string[] {
  const found = new Set<string>();
  for (const text of seen.values()) {
    const opened = [...text.matchAll(/Wy[IJ][\w-]{30,}/g)].map(([one]) =>
      Buffer.from(one, "base64url").toString("utf8"),
    );
    for (const [canary] of [text, ...opened].join("\n").matchAll(/canary-\d/g)) found.add(canary);
  }
  return [...found].sort();
}

const READERS: readonly (readonly [who: string, reader: number | null, sees: readonly string[]])[] = [
  ["somebody without a session", null, []],
  ["a participant that has nothing to do with it", FLEET, []],
  ["a laboratory", LAB, ["canary-2"]],
  ["an authority", AUTHORITY, ["canary-2", "canary-3"]],
  ["the custodian", COLLECTOR, ["canary-4"]],
  ["the pending receiver, a recycler", RECYCLER, ["canary-2", "canary-4"]],
  ["the issuer", PRODUCER, ["canary-2", "canary-3", "canary-4"]],
];

describe("what each reader can obtain", function () {
  this.timeout(60_000);
  const twins: Twin[] = [];
  /** By twin, what each reader got; everybody asked in the same order everywhere. */
  const collected: Map<number | null, Seen>[] = [];
  const [FIRST, OTHER_STATE, OTHER_MODEL] = [0, 1, 2];

  before(async () => {
    watchStatements();
    const secrets = [
      SECRETS,
      { ...SECRETS, 4: OTHERS[4], data: OTHERS.data },
      { ...SECRETS, 2: OTHERS[2], 3: OTHERS[3], model: FULLER_MODEL },
    ];
    for (const one of secrets) {
      const twin = await startTwin(one);
      twins.push(twin);
      const seen = new Map<number | null, Seen>();
      for (const [, reader] of READERS) seen.set(reader, await collect(twin, reader));
      collected.push(seen);
    }
  });
  after(async () => {
    Client.prototype.query = query;
    for (const one of twins) await one.server.close();
  });

  const seenBy = (reader: number | null, twin: number): Seen => collected[twin]!.get(reader)!;
  const expectSame = (reader: number | null, twin: number): void => {
    const theirs = seenBy(reader, twin);
    for (const [name, text] of seenBy(reader, FIRST)) {
      expect(comparable(theirs.get(name) as string), `${name}, for ${reader}`).to.equal(comparable(text));
    }
  };

  for (const [who, reader, sees] of READERS) {
    it(`holds ${sees.join(" and ") || "no withheld value"} for ${who}`, () => {
      for (const twin of [FIRST, OTHER_STATE, OTHER_MODEL]) {
        expect(canaries(seenBy(reader, twin))).to.deep.equal(sees);
      }
    });
  }

  it("is the same for all who may not read point 4, whatever state the battery is in and whatever was recorded", () => {
    for (const reader of [null, FLEET, LAB, AUTHORITY]) expectSame(reader, OTHER_STATE);
  });

  it("is the same for all who may not read points 2 and 3, whatever the battery is made of and however much is said of it", () => {
    for (const reader of [null, FLEET, COLLECTOR]) expectSame(reader, OTHER_MODEL);
  });

  it("differs for those who may read: the comparison would see it", () => {
    for (const [reader, twin] of [
      [COLLECTOR, OTHER_STATE],
      [LAB, OTHER_MODEL],
      [AUTHORITY, OTHER_MODEL],
    ] as const) {
      const [mine, theirs] = [FIRST, twin].map((one) => comparable(seenBy(reader, one).get("disclosures") as string));
      expect(mine).not.to.equal(theirs);
    }
    const asked = seenBy(COLLECTOR, FIRST).get("disclosures: what was asked of the database");
    expect(asked).to.contain("FROM record_disclosure").and.contain("INSERT INTO access_log");
  });

  it("has every address of the API that concerns a battery", async () => {
    const { paths } = await (await twins[FIRST]!.server.get("/openapi.json")).json();
    const reading = Object.keys(paths).filter(
      (path) => "get" in paths[path] && /dpp|passport|handover|record/i.test(path),
    );
    const asked = [...twins[FIRST]!.addresses.values()].map((address) => address.split("?")[0] as string);
    const missing = reading.filter((path) => {
      const form = new RegExp(`^${path.replaceAll(/[.$]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      return !asked.some((address) => form.test(address));
    });
    expect(missing).to.deep.equal(["/v1/dpps/{dppId}/qr.png"]); // the same code as qr.svg
  });

  it("is never in a log line", () => {
    for (const { server } of twins) {
      expect(server.logged.join("")).not.to.match(/canary|WVWZZZ|original|waste|state-of-health/);
    }
  });
});
