import { expect } from "chai";
import type { AnnexPoint, Category } from "../../../backend/domain/dataPoints/dataPoint.ts";
import { DATA_POINTS } from "../../../backend/domain/dataPoints/dataPoints.ts";
import { categoriesOf, judgeReadiness, type KnownRecord } from "../../../backend/domain/dataPoints/readiness.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { DATA_SAMPLES, TYPE_SAMPLES } from "../records/sampleFields.ts";

const ALL: ReadonlySet<AnnexPoint> = new Set([1, 2, 3, 4]);
const PUBLIC: ReadonlySet<AnnexPoint> = new Set([1]);
const MINT: KnownRecord = { record: "mint", fields: TYPE_SAMPLES["mint/2"] as JsonObject };

const statesOf = (category: Category, known: readonly KnownRecord[], visible = ALL) =>
  new Map(judgeReadiness(category, known, visible).points.map(({ number, state }) => [number, state]));

const nested = (path: string): JsonObject =>
  path.split(".").reduceRight<JsonValue>((value, name) => ({ [name]: value }), "x") as JsonObject;

describe("the readiness of a passport", () => {
  it("has one state for each data point", () => {
    const states = statesOf("ev", [MINT]);
    expect(states.size).to.equal(71);
    expect([states.get(10), states.get(23), states.get(5)]).to.deep.equal(["present", "missing", "absent"]);
    expect([states.get(16), states.get(19), states.get(45)]).to.deep.equal([
      "not-applicable",
      "not-yet-required",
      "present",
    ]);
  });

  it("differs by category, where the law does", () => {
    const of = (category: Category) => [33, 61, 62, 31].map((number) => statesOf(category, []).get(number));
    expect(of("ev")).to.deep.equal(["missing", "missing", "not-applicable", "missing"]);
    expect(of("lmt")).to.deep.equal(["not-applicable", "not-applicable", "missing", "missing"]);
    expect(of("industrial")).to.deep.equal(["not-applicable", "not-applicable", "absent", "absent"]);
  });

  it("tells what is filled before its time from what is not yet required", () => {
    expect(statesOf("ev", [MINT]).get(18)).to.equal("premature");
    expect(statesOf("ev", []).get(18)).to.equal("not-yet-required");
  });

  it("takes the points of the item from its data records, of its model from the model's record", () => {
    const health: KnownRecord = { record: "state-of-health", fields: DATA_SAMPLES["state-of-health"] };
    const states = statesOf("ev", [MINT, health]);
    expect([52, 54, 56, 61].map((number) => states.get(number))).to.deep.equal(Array(4).fill("present"));
    const model: KnownRecord = { record: "model", fields: TYPE_SAMPLES["model/1"] };
    expect(statesOf("ev", [model]).get(11)).to.equal("present");
    expect(statesOf("ev", [{ record: "handover", fields: TYPE_SAMPLES["model/1"] }]).get(11)).to.equal("missing");
  });

  it("wants both ends of a range, and takes an empty list for an answer but no empty object or text", () => {
    const model = (fields: JsonObject) => statesOf("ev", [{ record: "mint", fields: { model: fields } }]);
    const minimum = { value: -30, unit: "Cel" };
    expect(model({ storageTemperature: { minimum } }).get(34)).to.equal("missing");
    expect(model({ storageTemperature: { minimum, maximum: minimum } }).get(34)).to.equal("present");
    expect(model({ hazardousSubstances: [] }).get(13)).to.equal("present");
    expect([model({ chemistry: "" }).get(12), model({ composition: {} }).get(45)]).to.deep.equal([
      "missing",
      "missing",
    ]);
  });

  it("says the same of what the reader may not see, whether it is there or not", () => {
    const bare: KnownRecord = { record: "mint", fields: { model: { mass: { value: "1", unit: "kg" } } } };
    const filled: KnownRecord = { record: "mint", fields: { ...bare.fields, status: "waste" } };
    expect(judgeReadiness("ev", [filled], PUBLIC)).to.deep.equal(judgeReadiness("ev", [bare], PUBLIC));
    for (const [number, state] of statesOf("lmt", [MINT, filled], PUBLIC)) {
      if (number >= 45) expect(state).to.be.oneOf(["withheld-or-missing", "not-applicable"]);
    }
  });

  it("is complete when no mandatory point is missing, and unknown while withheld ones decide", () => {
    expect(judgeReadiness("ev", [], ALL).complete).to.equal(false);
    expect(judgeReadiness("ev", [], PUBLIC).complete).to.equal(false);
    const places = DATA_POINTS.flatMap((point) => point.places);
    const filled = places.flatMap(({ records: [record = ""], paths }) =>
      paths.map((path): KnownRecord => ({ record, fields: nested(path) })),
    );
    // Where two paths are asked for, one record has both.
    const range: JsonObject = {
      model: { storageTemperature: { minimum: "x", maximum: "x" }, cellResistance: "x", packResistance: "x" },
    };
    const known = [...filled, { record: "mint", fields: range }];
    expect(judgeReadiness("ev", known, ALL).complete).to.equal(true);
    expect(judgeReadiness("ev", known, PUBLIC).complete).to.equal(null);
  });

  it("is by the battery's own category, or by all", () => {
    expect(categoriesOf("lmt")).to.deep.equal(["lmt"]);
    for (const none of [undefined, "portable", "sli", 7]) expect(categoriesOf(none)).to.have.length(3);
  });
});
