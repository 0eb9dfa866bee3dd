import { expect } from "chai";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { parseRecord } from "../../../backend/domain/records/parseRecord.ts";
import { kindOfType, newestTypeOf } from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { countingRandomBytes } from "./countingRandomBytes.ts";
import { expectCode } from "./expectCode.ts";
import { SUBJECT, TYPE_SAMPLES } from "./sampleFields.ts";

type Sampled = keyof typeof TYPE_SAMPLES;
const problemsOf = (type: Sampled, changes: JsonObject = {}) =>
  checkRecordFields(type, { type, ...TYPE_SAMPLES[type], ...changes }).map(({ path, rule }) => `${path} ${rule}`);
const kilograms = (value: string) => ({ value, unit: "kg" });

describe("the types of custody records", () => {
  for (const type of Object.keys(TYPE_SAMPLES) as Sampled[]) {
    it(`take a sample of ${type}`, () => {
      expect(problemsOf(type)).to.deep.equal([]);
      const { bytes } = buildRecord(type, TYPE_SAMPLES[type], countingRandomBytes());
      expect(parseRecord(bytes).type).to.equal(type);
    });
  }

  it("show nothing of a handover, a closure or the state of an item", () => {
    for (const type of ["handover/2", "closure/2"] as const) {
      const { record } = buildRecord(type, TYPE_SAMPLES[type], countingRandomBytes());
      expect(record).to.have.all.keys("type", "subject", "_sd", "_sd_alg");
    }
    const shown = JSON.stringify(buildRecord("mint/2", TYPE_SAMPLES["mint/2"], countingRandomBytes()).record);
    for (const word of ["status", "stateOfHealth", "composition", "spare", "testReports", "safety", "parts"]) {
      expect(shown).to.not.include(word);
    }
  });

  it("are made as the newest of their kind", () => {
    expect([newestTypeOf("mint"), newestTypeOf("handover"), newestTypeOf("void")]).to.deep.equal([
      "mint/2",
      "handover/2",
      "void/1",
    ]);
    expect(kindOfType("closure/2")).to.equal("closure");
  });
});

describe("a closure", () => {
  it("balances to the last gram, across units", () => {
    expect(problemsOf("closure/2", { loss: kilograms("5.201") })).to.deep.equal(["$.input mass-balance"]);
    expect(problemsOf("closure/2", { loss: kilograms("-5.2") })).to.deep.equal(["$.input mass-balance"]);
    expect(problemsOf("closure/2", { input: kilograms("298.8"), loss: kilograms("0") })).to.deep.equal([]);
    const [problem] = checkRecordFields("closure/2", {
      type: "closure/2",
      ...TYPE_SAMPLES["closure/2"],
      loss: kilograms("5.199"),
    });
    expect(problem?.message).to.include("by 0.001 kg");
  });

  it("is not weighed while a part of the balance is withheld", () => {
    const { loss: _loss, ...rest } = TYPE_SAMPLES["closure/2"] as JsonObject;
    expect(checkRecordFields("closure/2", { type: "closure/2", ...rest, input: kilograms("1") })).to.deep.equal([]);
    expect(checkRecordFields("closure/2", { type: "closure/2", subject: SUBJECT })).to.deep.equal([]);
  });

  it("recovers no more of an element than was in it, and names each once", () => {
    const recovered = [
      { element: "Li", contained: kilograms("6.111"), mass: { value: "6112", unit: "g" } },
      { element: "Li", mass: kilograms("1") },
    ];
    expect(problemsOf("closure/2", { recovered })).to.deep.equal([
      "$.recovered[0].mass recovered-exceeds-contained",
      "$.recovered[1].element element-once",
    ]);
  });

  it("names where residues go, by waste code and receiver", () => {
    const residues = [{ material: "sludge", mass: kilograms("46.3"), wasteCode: "19-12-11", treatment: "landfill" }];
    expect(problemsOf("closure/2", { residues })).to.deep.equal([
      "$.residues[0].wasteCode waste-code",
      "$.residues[0].receiver.name required",
    ]);
    for (const wasteCode of ["191211", "191211*", "900-052-31"]) {
      expect(
        problemsOf("closure/2", { residues: [{ ...residues[0], wasteCode, receiver: { name: "A" } }] }),
      ).to.deep.equal([]);
    }
  });
});

describe("a handover", () => {
  const safety = TYPE_SAMPLES["handover/2"].transportSafety;

  it("does not let a battery travel of which one question is answered with yes", () => {
    const questions = [...safety.questions, { asks: "was in water", answer: true }];
    expect(problemsOf("handover/2", { transportSafety: { ...safety, questions } })).to.deep.equal([
      "$.transportSafety.mayTravel transport-safety",
    ]);
    expect(problemsOf("handover/2", { transportSafety: { ...safety, questions, mayTravel: false } })).to.deep.equal([]);
  });

  it("answers every question with yes or no", () => {
    const questions = [{ asks: "leaks", answer: "unknown" }, { asks: "smokes" }];
    expect(problemsOf("handover/2", { transportSafety: { ...safety, questions } })).to.deep.equal([
      "$.transportSafety.questions[0].answer yes-no",
      "$.transportSafety.questions[1].answer required",
    ]);
    expect(problemsOf("handover/2", { transportSafety: { list: "A" } })).to.deep.equal([
      "$.transportSafety.questions required",
      "$.transportSafety.mayTravel required",
    ]);
  });
});

describe("a transformation", () => {
  it("takes in what its parents weigh", () => {
    const parents = [{ passportId: SUBJECT, mass: kilograms("303.9") }];
    expect(problemsOf("transformation/2", { parents })).to.deep.equal(["$.input parents-mass"]);
    expect(problemsOf("transformation/2", { parents: [{ passportId: SUBJECT }] })).to.deep.equal([]);
    expect(problemsOf("transformation/2", { parents: [{ uid: "urn:example:1" }] })).to.deep.equal([
      "$.parents[0].passportId required",
    ]);
  });
});

describe("a mint with its model's record", () => {
  const { model: _model, ...item } = TYPE_SAMPLES["mint/2"] as JsonObject;
  const modelRecord = `0x${"ab".repeat(32)}`;

  it("names the record by its hash", () => {
    const fields = { ...item, modelRecord };
    expect(checkRecordFields("mint/2", { type: "mint/2", ...fields })).to.deep.equal([]);
    const parsed = parseRecord(buildRecord("mint/2", fields, countingRandomBytes()).bytes);
    expect(parsed).to.include({ type: "mint/2", modelRecord });
    const wrong = { ...fields, modelRecord: "0xab" };
    expectCode("record-malformed", () => buildRecord("mint/2", wrong, countingRandomBytes()));
  });

  it("does not say the model's data itself as well", () => {
    expect(problemsOf("mint/2", { modelRecord })).to.deep.equal(["$.model one-model"]);
  });

  it("cannot be of another subject than its model's identifier says", () => {
    const other = { ...TYPE_SAMPLES["model/1"], uid: "urn:example:other" };
    expectCode("record-subject-mismatch", () => buildRecord("model/1", other, countingRandomBytes()));
  });
});
