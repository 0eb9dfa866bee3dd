import { expect } from "chai";
import fc from "fast-check";
import { exportDocument } from "../../../backend/domain/documents/exportDocument.ts";
import { importDocuments } from "../../../backend/domain/documents/importDocuments.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { parseCanonicalJson } from "../../../backend/domain/records/canonicalJson.ts";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { reveal } from "../../../backend/domain/records/disclosures.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { countingRandomBytes } from "../records/countingRandomBytes.ts";
import { expectCode } from "../records/expectCode.ts";
import { hasInterop, repaired, SAMPLES } from "./interop.ts";

const UID = "https://id.gs1.org/01/09520123456788/21/A1";
const utf8 = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const LABELS = {
  declarationOfConformity: "https://maker.example/doc",
  resultOfTestReport: "https://maker.example/report",
  labels: [],
};
const DUE_DILIGENCE = { supplyChainDueDiligenceReport: "https://maker.example/due", supplyChainIndicies: 2.5 };

/** The way of a mint: a record is built, published, and opened by whoever holds its disclosures. */
function throughRecord({ uid, fields }: ReturnType<typeof importDocuments>) {
  const all: JsonObject = { ...fields, subject: passportIdOf(7, uid) };
  expect(checkRecordFields("mint/1", { ...all, type: "mint/1" })).to.deep.equal([]);
  const { bytes, disclosures } = buildRecord("mint/1", all, countingRandomBytes());
  const record = parseCanonicalJson(bytes) as JsonObject;
  return { record, revealed: reveal(record, disclosures).value };
}

const parsed = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-8").decode(bytes).replace(/^\ufeff/, ""));

describe("importDocuments with the publishers' samples", () => {
  before(function () {
    if (!hasInterop) this.skip();
  });

  const formatOf = (model: string) => (model.startsWith("catena") ? "catena-x" : model.replace("/1.2", ""));
  const bytesOf = ({ model, bytes }: (typeof SAMPLES)[number]) =>
    model.endsWith("MaterialComposition") ? repaired(bytes()) : bytes();

  for (const sample of SAMPLES) {
    it(`gives ${sample.model} back equal after it was a mint record`, () => {
      const bytes = bytesOf(sample);
      const { revealed } = throughRecord(importDocuments([bytes], { uid: UID }));
      expect(JSON.parse(exportDocument(revealed, formatOf(sample.model)))).to.deep.equal(parsed(bytes));
    });
  }

  it("takes all of them together as one passport and gives each back", () => {
    const { revealed } = throughRecord(importDocuments(SAMPLES.map(bytesOf), { uid: UID }));
    const together = JSON.parse(exportDocument(revealed, "batterypass"));
    for (const sample of SAMPLES) {
      const document = parsed(bytesOf(sample));
      expect(JSON.parse(exportDocument(revealed, formatOf(sample.model)))).to.deep.equal(document);
      const submodel = /^batterypass\/1\.2\/(.*)$/.exec(sample.model)?.[1];
      if (submodel !== undefined) expect(together[submodel]).to.deep.equal(document);
    }
  });

  it("refuses the sample that breaks its own schema with path and rule", () => {
    const sample = SAMPLES.find(({ model }) => model.endsWith("MaterialComposition"));
    const error = expectCode("document-invalid", () => importDocuments([sample?.bytes() as Uint8Array], { uid: UID }));
    expect(error.details.problems).to.have.nested.property("[0].rule", "pattern");
  });

  it("finds the identifiers of Catena-X and Battery Pass, and refuses what has none", () => {
    const uids = SAMPLES.slice(0, 2).map((sample) => importDocuments([sample.bytes()]).uid);
    expect(uids).to.deep.equal(["urn:uuid:550e8400-e29b-41d4-a716-446655440000", "urn:bmwk:123456687678"]);
    for (const sample of SAMPLES.slice(2)) {
      expectCode("document-without-identifier", () => importDocuments([bytesOf(sample)]));
    }
    expectCode("document-identifiers-differ", () => importDocuments(SAMPLES.slice(0, 2).map(bytesOf)));
  });

  it("takes what stands on the battery before the identifier of its passport, and a uid of the caller before both", () => {
    const code = "04QCB76836300JBC40000903";
    const general = new TextDecoder().decode(SAMPLES[1]?.bytes()).replace("eOMtThyhVNLWUZNRcBaQKxI", code);
    expect(importDocuments([utf8(general)]).uid).to.equal(code);
    expect(importDocuments([utf8(general)], { uid: UID }).fields.uid).to.equal(UID);
  });

  it("gives a number the unit of its publisher's aspect model, and none where ours has another", () => {
    const sample = SAMPLES.find(({ model }) => model.endsWith("PerformanceAndDurability"));
    const document = parsed(sample?.bytes() as Uint8Array);
    const technical = {
      ...document.batteryTechicalProperties,
      ratedCapacity: 166,
      ratedEnergy: 58.2,
      minimumVoltage: 240,
      nominalVoltage: 350.4,
      maximumVoltage: 403.2,
      ratedMaximumPower: 150,
      originalPowerCapability: [{ atSoC: 80, powerCapabilityAt: 95 }],
      expectedNumberOfCycles: 1500,
      capacityThresholdForExhaustion: 80,
      lifetimeReferenceTest: "https://lab.example/test",
      cRateLifeCycleTest: 0.5,
      temperatureRangeIdleState: { minimum: -30, maximum: 60 },
      roundtripEfficiency: 95.5,
      roundTripEfficiencyat50PerCentCycleLife: 90,
      initialInternalResistance: [
        { ohmicResistance: 0.08, batteryComponent: "pack" },
        { ohmicResistance: 0.001, batteryComponent: "cell" },
        { ohmicResistance: 0.002, batteryComponent: "cell" },
      ],
    };
    const bytes = utf8({ ...document, batteryTechicalProperties: technical });
    const { record } = throughRecord(importDocuments([bytes], { uid: UID }));
    const shown = JSON.parse(JSON.stringify(record.model), (name, value) => (name === "_sd" ? undefined : value));
    expect(shown).to.deep.equal({
      ratedCapacity: { value: "166", unit: "Ah" },
      ratedEnergy: { value: "58.2", unit: "kWh" },
      minimumVoltage: { value: "240", unit: "V" },
      nominalVoltage: { value: "350.4", unit: "V" },
      maximumVoltage: { value: "403.2", unit: "V" },
      powerLimit: { value: "150", unit: "kW" },
      expectedCycles: 1500,
      exhaustionThreshold: { value: "80", unit: "%" },
      cycleLifeTest: "https://lab.example/test",
      cycleTestRate: { value: "0.5", unit: "1/h" },
      storageTemperature: { minimum: { value: "-30", unit: "Cel" }, maximum: { value: "60", unit: "Cel" } },
      roundTripEfficiency: { value: "95.5", unit: "%" },
      roundTripEfficiencyAtHalfLife: { value: "90", unit: "%" },
      packResistance: { value: "0.08", unit: "Ohm" },
    });
  });

  it("puts model data into our public fields, and the status into a withheld one by the law's word", () => {
    const [catenaX, general] = SAMPLES.slice(0, 2).map((sample) => sample.bytes()) as [Uint8Array, Uint8Array];
    const { record, revealed } = throughRecord(importDocuments([catenaX]));
    expect(record.model).to.include({ category: "sli", chemistry: "Nickel Cobalt Manganese (NCM)" });
    expect(record.model).to.deep.include({
      mass: { value: "20", unit: "g" },
      ratedCapacity: { value: "4", unit: "Ah" },
    });
    expect(record).to.not.have.any.keys("status", "source");
    expect(revealed.status).to.equal("original");
    const reused = utf8(new TextDecoder().decode(general).replace('"Original"', '"Reused"'));
    expect(importDocuments([reused]).fields.status).to.equal("re-used");
  });
});

describe("importDocuments", () => {
  it("keeps numbers with the digits that their author wrote", () => {
    const text = '{ "supplyChainDueDiligenceReport": "https://a.example/ b",\n "supplyChainIndicies" : 2.50E1 }';
    const valid = text.replace("/ b", "/b");
    expectCode("document-invalid", () => importDocuments([utf8(text)], { uid: UID }));
    const { fields } = importDocuments([utf8(valid)], { uid: UID });
    expect(exportDocument(fields, "batterypass")).to.equal(
      '{"supplyChainDueDiligenceReport":"https://a.example/b","supplyChainIndicies":2.50E1}',
    );
  });

  it("takes several submodels in one document, alone and beside another", () => {
    const several = { Labels: LABELS, SupplyChainDueDiligence: DUE_DILIGENCE };
    const alone = importDocuments([utf8(several)], { uid: UID }).fields;
    expect(JSON.parse(exportDocument(alone, "batterypass"))).to.deep.equal(several);
    const apart = importDocuments([utf8(LABELS), utf8({ SupplyChainDueDiligence: DUE_DILIGENCE })], { uid: UID });
    expect(JSON.parse(exportDocument(apart.fields, "batterypass"))).to.deep.equal(several);
    expectCode("document-repeated", () => importDocuments([utf8(several), utf8(LABELS)], { uid: UID }));
  });

  it("keeps members that the format does not know, whatever they are", () => {
    const strange = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => !/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value)));
    fc.assert(
      fc.property(strange, (value) => {
        const document = { ...LABELS, strange: value };
        const { revealed } = throughRecord(importDocuments([utf8(document)], { uid: UID }));
        // JSON itself has no minus zero.
        expect(JSON.parse(exportDocument(revealed, "batterypass"))).to.deep.equal(JSON.parse(JSON.stringify(document)));
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it("reads every encoding of one document the same", () => {
    const text = JSON.stringify({ ...LABELS, note: "锂😀" }, undefined, 2).replaceAll("\n", "\r\n");
    const little = Buffer.from(text, "utf16le");
    const big = Buffer.from(little).swap16();
    const encodings = [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      little,
      Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
      big,
      Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    ];
    for (const bytes of encodings) {
      const { fields } = importDocuments([new Uint8Array(bytes)], { uid: UID });
      expect(JSON.parse(exportDocument(fields, "batterypass/Labels"))).to.deep.equal(JSON.parse(text));
    }
    expectCode("utf16-odd-length", () => importDocuments([new Uint8Array(little.subarray(0, -1))]));
    expectCode("document-empty", () => importDocuments([new Uint8Array()]));
    expectCode("utf8-invalid", () => importDocuments([new Uint8Array([0x7b, 0xff])]));
  });

  it("refuses documents of other models and versions, and formats that were not kept", () => {
    expectCode("document-model-unknown", () => importDocuments([utf8({ a: 1 })]));
    expectCode("document-model-unknown", () => importDocuments([utf8([])]));
    const specVersion = "urn:io.catenax.battery.battery_pass:5.0.0";
    expectCode("document-version-unknown", () => importDocuments([utf8({ specVersion, identification: {} })]));
    const { fields } = importDocuments([utf8(LABELS)], { uid: UID });
    expectCode("document-not-kept", () => exportDocument(fields, "catena-x"));
    expectCode("format-unknown", () => exportDocument(fields, "pdf"));
  });
});
