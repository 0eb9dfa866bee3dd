import { expect } from "chai";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { checkRecordFields, requireRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { DATA_KINDS, type DataKind, isDataKind, specOfKind } from "../../../backend/domain/records/dataKinds.ts";
import { parseRecord } from "../../../backend/domain/records/parseRecord.ts";
import { RECORD_TYPES } from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { countingRandomBytes } from "./countingRandomBytes.ts";
import { expectCode } from "./expectCode.ts";
import { DATA_SAMPLES, SUBJECT } from "./sampleFields.ts";

const problemsOf = (kind: DataKind, changes: JsonObject = {}) =>
  checkRecordFields("data/1", { type: "data/1", ...DATA_SAMPLES[kind], ...changes }).map(
    ({ path, rule }) => `${path} ${rule}`,
  );

describe("the kinds of data records", () => {
  const kinds = Object.keys(DATA_KINDS) as DataKind[];

  for (const kind of kinds) {
    it(`take a sample of ${kind}, and miss in it what it must have`, () => {
      expect(problemsOf(kind)).to.deep.equal([]);
      const bare = checkRecordFields("data/1", { type: "data/1", subject: SUBJECT, kind });
      expect(bare.map(({ rule }) => rule)).to.not.include.members(["data-kind"]);
      expect(bare.filter(({ rule }) => rule === "required")).to.have.length.of.at.least(1);
    });
  }

  it("have one envelope: a record is of one size, whatever it is and however much it says", () => {
    const sizes = kinds.map((kind) => {
      const { record, bytes } = buildRecord("data/1", DATA_SAMPLES[kind], countingRandomBytes());
      expect(record).to.have.all.keys("type", "subject", "_sd", "_sd_alg");
      expect(parseRecord(bytes).type).to.equal("data/1");
      return bytes.length;
    });
    expect(new Set(sizes)).to.have.property("size", 1);
  });

  it("fit into the digests that every data record has, with all their fields at once", () => {
    for (const kind of kinds) {
      const names = new Set(Object.keys(specOfKind(kind).fields).map((path) => path.split(/[.[]/)[0]));
      expect(names.size + 1, kind).to.be.at.most(RECORD_TYPES["data/1"].padTo);
    }
  });

  it("make no field public", () => {
    for (const kind of kinds) {
      for (const [path, spec] of Object.entries(specOfKind(kind).fields))
        expect(spec, path).to.not.have.any.keys("public");
    }
  });

  it("are known by their names, and by no name of an object's own", () => {
    expect(isDataKind("inspection")).to.equal(true);
    for (const kind of ["Inspection", "constructor", "__proto__", "", 1, null, undefined]) {
      expect(isDataKind(kind as never)).to.equal(false);
    }
  });
});

describe("a data record's fields", () => {
  it("are refused with a code of their own when the kind is unknown", () => {
    const fields = { type: "data/1", subject: SUBJECT, kind: "horoscope" };
    const error = expectCode("data-kind-unknown", () => requireRecordFields("data/1", fields));
    expect(error.details.known).to.include("state-of-health");
    expectCode("data-kind-unknown", () => requireRecordFields("data/1", { ...fields, kind: 1 }));
    expectCode("data-kind-unknown", () => requireRecordFields("data/1", { ...fields, kind: null }));
    expect(checkRecordFields("data/1", fields)).to.deep.include({
      path: "$.kind",
      rule: "data-kind",
      message: "The kind of data record is unknown.",
    });
  });

  it("pass unjudged while the kind is withheld", () => {
    expect(checkRecordFields("data/1", { type: "data/1", subject: SUBJECT })).to.deep.equal([]);
  });

  it("are refused by path and rule", () => {
    const error = expectCode("record-fields-invalid", () =>
      requireRecordFields("data/1", { ...DATA_SAMPLES.inspection, type: "data/1", result: "fine", hasLeaked: "no" }),
    );
    expect(error.details.problems).to.deep.equal([
      { path: "$.result", rule: "choice", message: "The field is one of: sound, limited, unsafe." },
      { path: "$.hasLeaked", rule: "yes-no", message: "The field is true or false." },
    ]);
    expect(error.message).to.include("$.result").and.include("$.hasLeaked");
  });

  it("of another custody kind have no kinds", () => {
    const fields = { type: "handover/1", subject: SUBJECT, kind: "horoscope" };
    expect(checkRecordFields("handover/1", fields)).to.deep.equal([]);
  });
});

describe("a state of health", () => {
  const health = (stated: string, measured = "126.2", unit = "Ah") =>
    problemsOf("state-of-health", {
      stateOfHealth: { value: stated, unit: "%" },
      measuredCapacity: { value: measured, unit },
      ratedCapacity: { value: "166", unit: "Ah" },
    });

  it("is measured by rated capacity, rounded or cut off at its last digit", () => {
    for (const stated of ["76", "76.0", "76.02", "76.024", "76.0240"]) expect(health(stated), stated).to.deep.equal([]);
    for (const stated of ["75", "77", "76.1", "76.04", "0.76"]) {
      expect(health(stated), stated).to.deep.equal(["$.stateOfHealth health-recomputes"]);
    }
    expect(health("76.9", "127.8")).to.deep.equal([]);
    expect(health("77.0", "127.8")).to.deep.equal([]);
  });

  it("recomputes across units, and from numbers as well as decimals", () => {
    expect(health("76.0", "126200", "mAh")).to.deep.equal([]);
    expect(problemsOf("state-of-health", { stateOfHealth: { value: 76.4, unit: "%" } })).to.deep.equal([
      "$.stateOfHealth health-recomputes",
    ]);
  });

  it("is not judged without both capacities, and never by a rated capacity of nothing", () => {
    const { measuredCapacity: _measured, ...rest } = DATA_SAMPLES["state-of-health"];
    const alone = checkRecordFields("data/1", { type: "data/1", ...rest, stateOfHealth: { value: "12", unit: "%" } });
    expect(alone).to.deep.equal([]);
    expect(problemsOf("state-of-health", { ratedCapacity: { value: "0", unit: "Ah" } })).to.deep.equal([
      "$.ratedCapacity above-zero",
    ]);
  });
});

describe("a correction", () => {
  it("names the record and the fields that it mends", () => {
    expect(problemsOf("correction", { supersedes: "0x12" })).to.deep.equal(["$.supersedes hash"]);
    expect(problemsOf("correction", { corrections: [] })).to.deep.equal(["$.corrections list"]);
    expect(problemsOf("correction", { corrections: "none" })).to.deep.equal(["$.corrections list"]);
    expect(problemsOf("correction", { corrections: [{ path: "$.a..b", value: 1 }, 7] })).to.deep.equal([
      "$.corrections[0].path json-path",
      "$.corrections[1] object",
    ]);
    expect(problemsOf("correction", { corrections: [{ path: "$.result" }] })).to.deep.equal([
      "$.corrections[0].value required",
    ]);
  });
});

describe("a span of time", () => {
  it("ends after its beginning, across offsets and precisions", () => {
    const until = (untilAt: string) => problemsOf("use", { untilAt });
    expect(until("2026-10-01T07:59:59+08:00")).to.deep.equal(["$.untilAt in-order"]);
    expect(until("2026-10-01T08:00:00+08:00")).to.deep.equal([]);
    const certified = (validUntil: string) => problemsOf("certificate", { validFrom: "2026-03-15", validUntil });
    expect(certified("2026-02")).to.deep.equal(["$.validUntil in-order"]);
    expect([...certified("2026-03"), ...certified("2026-03-15")]).to.deep.equal([]);
  });
});

describe("a residual value", () => {
  const quantity = (value: string, unit = "CNY") => ({ value, unit });
  const value = (low: string, base: string, high: string, unit?: string) =>
    problemsOf("residual-value", { value: { low: quantity(low), base: quantity(base), high: quantity(high, unit) } });

  it("is a range that ascends, in one currency", () => {
    expect(value("9.9", "10", "10.0")).to.deep.equal([]);
    expect(value("11", "10", "12")).to.deep.equal(["$.value value-ascends"]);
    expect(value("9", "10", "9.99")).to.deep.equal(["$.value value-ascends"]);
    expect(value("9", "10", "12", "EUR")).to.deep.equal(["$.value one-currency"]);
  });

  it("is decimal money", () => {
    expect(
      problemsOf("residual-value", {
        prices: [{ of: "Ni", price: { value: 1, unit: "CNY" }, quotedOn: "2026-11-04" }],
      }),
    ).to.deep.equal(["$.prices[0].price money"]);
  });
});
