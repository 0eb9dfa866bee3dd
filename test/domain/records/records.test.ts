import { expect } from "chai";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { cidOf } from "../../../backend/domain/records/cid.ts";
import { discloseOnly, reveal } from "../../../backend/domain/records/disclosures.ts";
import { fieldsOutsideAllowList, parseRecord, readRecord } from "../../../backend/domain/records/parseRecord.ts";
import {
  kindOfType,
  publicPathsOf,
  RECORD_TYPES,
  type RecordType,
} from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject, JsonValue, Uid } from "../../../backend/domain/types.ts";
import mint from "../../vectors/records/nmc622-pack-mint.json" with { type: "json" };
import { countingRandomBytes } from "./countingRandomBytes.ts";
import { expectCode } from "./expectCode.ts";

const FIELDS = mint.fields as unknown as JsonObject;
const SUBJECT = mint.fields.subject;
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const buildMint = (changes: JsonObject = {}) => buildRecord("mint/1", { ...FIELDS, ...changes }, countingRandomBytes());
const PARTICIPANT: JsonObject = {
  participantId: 1,
  kind: "battery-maker",
  names: { en: "Example Traction Batteries Ltd", zh: "示例动力电池有限公司" },
  identifierPrefixes: [{ scheme: "gs1", prefix: "9520123" }],
  country: "CN",
};

describe("buildRecord", () => {
  it("makes the published bytes, hash, CID and disclosures of an NMC622 pack", () => {
    const built = buildMint();
    expect(textOf(built.bytes)).to.equal(mint.canonical);
    expect([built.hash, cidOf(built.hash)]).to.deep.equal([mint.hash, mint.cid]);
    expect(built.disclosures).to.deep.equal(mint.disclosures);
    expect(reveal(built.record, built.disclosures).value).to.deep.equal({ type: "mint/1", ...mint.fields });
  });

  it("shows nothing of status, health and composition, not even their names", () => {
    const shown = textOf(buildMint().bytes);
    for (const word of [
      "status",
      "original",
      "stateOfHealth",
      "167.2",
      "composition",
      "graphite",
      "torque",
      "L-2026",
    ]) {
      expect(shown).to.not.include(word);
    }
    expect(shown).to.include("NMC622-96S1P").and.include('"304"');
  });

  it("proves the measured capacity alone", () => {
    const built = buildMint();
    const proof = discloseOnly(built.disclosures, built.record, "stateOfHealth.measuredCapacity");
    expect(proof).to.have.length(2);
    const { stateOfHealth } = reveal(built.record, proof).value;
    expect(stateOfHealth).to.deep.equal({ measuredCapacity: { value: "167.2", unit: "Ah" } });
  });

  it("shows only type and subject of custody events and data records", () => {
    for (const type of Object.keys(RECORD_TYPES) as RecordType[]) {
      if (["mint", "model", "participant"].includes(kindOfType(type))) continue;
      const fields = { subject: SUBJECT, condition: "good", mass: { value: "1", unit: "kg" } };
      const { record, bytes } = buildRecord(type, fields, countingRandomBytes());
      expect(record).to.have.all.keys("type", "subject", "_sd", "_sd_alg");
      expect(record._sd).to.have.length(type === "data/1" ? 32 : 16);
      expect(parseRecord(bytes)).to.include({ type, subject: SUBJECT });
    }
  });

  it("has the same size whether anything is withheld or not", () => {
    const size = (fields: JsonObject) =>
      buildRecord("handover/1", { subject: SUBJECT, ...fields }, countingRandomBytes()).bytes.length;
    expect(size({})).to.equal(size({ status: "waste", photos: ["a", "b"] }));
  });

  it("refuses a record above 1 MiB, a wrong subject, and another battery's uid", () => {
    const markings = Array.from({ length: 9 }, () => "x".repeat(120_000));
    expectCode("record-too-large", () => buildMint({ model: { markings } }));
    expectCode("record-malformed", () => buildRecord("handover/1", {}, countingRandomBytes()));
    expectCode("record-malformed", () => buildMint({ subject: SUBJECT.toUpperCase() }));
    expectCode("record-subject-mismatch", () => buildMint({ uid: "urn:example:17" }));
    expectCode("record-subject-mismatch", () => buildMint({ subject: `0x000000${SUBJECT.slice(8)}` }));
  });

  it("takes the type from its caller, not from the fields", () => {
    expect(buildRecord("void/1", { subject: SUBJECT, type: "mint/1" }, countingRandomBytes()).record.type).to.equal(
      "void/1",
    );
  });
});

describe("the public fields", () => {
  it("never include a word of Annex XIII, points 2 to 4", () => {
    const protectedWords =
      /status|health|owner|custodian|composition|dismantl|spare|test ?report|remaining|fade|accident/i;
    for (const type of Object.keys(RECORD_TYPES) as RecordType[]) {
      for (const path of publicPathsOf(type)) expect(path).to.not.match(protectedWords);
    }
  });
});

describe("parseRecord", () => {
  const parse = (record: JsonValue) => parseRecord(canonicalBytes(record));

  it("reads a mint's identifiers", () => {
    const record = parseRecord(new TextEncoder().encode(mint.canonical));
    const { uid, batteryCode } = mint.fields;
    expect(record).to.include({ type: "mint/1", subject: SUBJECT, uid, batteryCode });
  });

  it("reads a participant's names and prefixes", () => {
    const { bytes, disclosures } = buildRecord("participant/1", PARTICIPANT, countingRandomBytes());
    expect(disclosures).to.deep.equal([]);
    expect(parseRecord(bytes)).to.include({
      type: "participant/1",
      participantId: 1,
      kind: "battery-maker",
      country: "CN",
    });
    expect(parseRecord(bytes)).to.deep.include({
      names: PARTICIPANT.names,
      identifierPrefixes: [{ scheme: "gs1", prefix: "9520123" }],
    });
  });

  it("refuses records that are malformed, each by its rule", () => {
    const sealed = { type: "handover/1", subject: SUBJECT, _sd_alg: "sha-256" };
    const rule = (record: JsonValue) => expectCode("record-malformed", () => parse(record)).details.rule;
    expect(rule([])).to.equal("object");
    expect(rule({ ...sealed, subject: "0x17" })).to.equal("passport-id");
    const participant = { ...PARTICIPANT, type: "participant/1", _sd_alg: "sha-256" };
    expect(rule({ ...participant, participantId: 0 })).to.equal("participant-id");
    expect(rule({ ...participant, kind: "Battery Maker" })).to.equal("slug");
    expect(rule({ ...participant, names: { zh: "示例" } })).to.equal("text");
    expect(rule({ ...participant, country: "China" })).to.equal("country");
    expect(rule({ ...participant, identifierPrefixes: {} })).to.equal("list");
    for (const prefix of [
      { scheme: "gs1", prefix: "" },
      { scheme: "urn", prefix: "urn:" },
      { scheme: "x", prefix: "y" },
      1,
    ]) {
      expect(rule({ ...participant, identifierPrefixes: [prefix] })).to.equal("identifier-prefix");
    }
    expectCode("record-type-unknown", () => parse({ ...sealed, type: "handover/3" }));
    expectCode("record-type-unknown", () => parse({ ...sealed, type: "constructor" }));
    expectCode("sd-algorithm-unknown", () => parse({ type: "handover/1", subject: SUBJECT }));
    expectCode("sd-malformed", () => parse({ ...sealed, _sd: [1] }));
  });

  it("refuses a mint whose uid has another spelling, or no form at all", () => {
    const record = JSON.parse(mint.canonical);
    const other = "https://id.gs1.org/01/9520123456788/21/PACK-000017";
    const subject = passportIdOf(1, other as Uid);
    expect(expectCode("record-malformed", () => parse({ ...record, uid: other, subject })).details.rule).to.equal(
      "uid",
    );
    expectCode("uid-malformed", () => parse({ ...record, uid: "17" + "-" }));
    expectCode("gbt-code-invalid", () => parse({ ...record, batteryCode: "17" }));
    expectCode("record-malformed", () => parse({ ...record, batteryCode: mint.fields.batteryCode.toLowerCase() }));
  });

  it("refuses 33 levels and reads 32, so that a record fits into a bundle", () => {
    const nested = (levels: number): JsonValue => (levels === 0 ? 1 : { a: nested(levels - 1) });
    const sealed = { type: "handover/1", subject: SUBJECT, _sd_alg: "sha-256" };
    expect(readRecord({ ...sealed, a: nested(31) }).type).to.equal("handover/1");
    expect(expectCode("record-malformed", () => readRecord({ ...sealed, a: nested(32) })).details.rule).to.equal(
      "depth",
    );
  });
});

describe("fieldsOutsideAllowList", () => {
  it("names the clear fields that no list makes public", () => {
    const record = JSON.parse(mint.canonical);
    expect(fieldsOutsideAllowList(readRecord(record))).to.deep.equal([]);
    const leaking = { ...record, status: "waste", model: { ...record.model, mass: { kg: 1 }, cells: ["a"] } };
    expect(fieldsOutsideAllowList(readRecord(leaking))).to.have.members([
      "$.status",
      "$.model.mass.kg",
      "$.model.cells",
    ]);
    expect(fieldsOutsideAllowList(readRecord({ ...record, model: "secret" }))).to.deep.equal(["$.model"]);
  });

  it("names a field whose content is withheld and whose name is not", () => {
    const digest = "A".repeat(43);
    const sealed = { type: "handover/1", subject: SUBJECT, _sd_alg: "sha-256" };
    expect(fieldsOutsideAllowList(readRecord({ ...sealed, damageReport: { _sd: [digest] } }))).to.deep.equal([
      "$.damageReport",
    ]);
    expect(fieldsOutsideAllowList(readRecord({ ...sealed, photos: [{ "...": digest }] }))).to.deep.equal(["$.photos"]);
    const record = JSON.parse(mint.canonical);
    const partly = { ...record, model: { ...record.model, markings: ["CE", { "...": digest }] } };
    expect(fieldsOutsideAllowList(readRecord(partly))).to.deep.equal([]);
  });

  it("takes no member named * for the positions of a list", () => {
    const record = JSON.parse(mint.canonical);
    const leaking = { ...record, model: { ...record.model, markings: { "*": "waste" } } };
    expect(fieldsOutsideAllowList(readRecord(leaking))).to.deep.equal(["$.model.markings['*']"]);
  });
});

describe("checkRecordFields", () => {
  const problemsOf = (changes: JsonObject) =>
    checkRecordFields("mint/1", { type: "mint/1", ...FIELDS, ...changes }).map(({ path, rule }) => `${path} ${rule}`);
  const model = FIELDS.model as JsonObject;

  it("finds nothing wrong with the NMC622 pack", () => {
    expect(problemsOf({})).to.deep.equal([]);
  });

  const bad: [string, JsonObject, string[]][] = [
    [
      "a mass as a number",
      { model: { ...model, mass: { value: 304, unit: "kg" } } },
      ["$.model.mass decimal-as-string"],
    ],
    ["a mass in pounds", { model: { ...model, mass: { value: "670", unit: "lb" } } }, ["$.model.mass unit"]],
    ["a mass without a unit", { model: { ...model, mass: "304" } }, ["$.model.mass quantity-shape"]],
    ["a decimal with a comma", { model: { ...model, mass: { value: "304,5", unit: "kg" } } }, ["$.model.mass decimal"]],
    ["a withheld mass as a number", { lost: { value: 1, unit: "t" } }, ["$.lost decimal-as-string"]],
    ["a price as a number", { prices: [{ value: 1.5, unit: "CNY" }] }, ["$.prices[0] decimal-as-string"]],
    ["a withheld fraction without a unit", { health: [0.72] }, ["$.health[0] unit-missing"]],
    ["a unit without a value", { lost: { unit: "kg" } }, ["$.lost quantity-shape"]],
    ["a day that does not exist", { manufacturing: { date: "2026-02-29" } }, ["$.manufacturing.date date"]],
    ["a withheld date in local form", { soldOn: "12.03.2026" }, ["$.soldOn date"]],
    ["a moment without an offset", { test: { measuredAt: "2026-03-12T08:30:00" } }, ["$.test.measuredAt time"]],
    ["a moment on a day that does not exist", { measuredAt: "2026-02-30T08:30:00Z" }, ["$.measuredAt time"]],
    ["an unknown category", { model: { ...model, category: "EV" } }, ["$.model.category category"]],
    ["a battery code of another level", { level: "cell" }, ["$.level battery-code-level"]],
    [
      "a battery code of another chemistry",
      { model: { ...model, chemistry: "LFP" } },
      ["$.model.chemistry battery-code-chemistry"],
    ],
    ["a battery code with serial 0", { batteryCode: "9BPPE581660422G3C0000000" }, ["$.batteryCode battery-code"]],
    [
      "a uid in another spelling",
      { uid: "HTTPS://id.gs1.org/01/9520123456788/21/1" },
      ["$.uid uid", "$.subject subject-derives-from-uid"],
    ],
    ["a number in the place of text", { model: { ...model, markings: ["CE", 1] } }, ["$.model.markings[1] text"]],
    ["another type", { type: "mint/2" }, ["$.type type"]],
  ];
  for (const [fact, changes, problems] of bad) {
    it(`finds ${fact}`, () => {
      expect(problemsOf(changes)).to.deep.equal(problems);
    });
  }

  it("finds what is missing", () => {
    const rules = checkRecordFields("participant/1", { type: "participant/1" }).map(
      ({ path, rule }) => `${path} ${rule}`,
    );
    expect(rules).to.deep.equal(["$.participantId required", "$.kind required", "$.names.en required"]);
  });
});
