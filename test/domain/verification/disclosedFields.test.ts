import { expect } from "chai";
import { encodeDisclosure } from "../../../backend/domain/records/disclosureCodec.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import { type EvidenceBundle, formatBundle } from "../../../backend/domain/verification/bundle.ts";
import { disclosedFields, discloseInBundle } from "../../../backend/domain/verification/disclosedFields.ts";
import { verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { expectCode } from "../records/expectCode.ts";
import { playedChain, type SimulatedChain, trustRoot } from "./simulatedChain.ts";

describe("single fields in evidence", () => {
  let chain: SimulatedChain;
  let pack: PassportId;
  let bundle: EvidenceBundle;
  let known: Map<Hash, readonly string[]>;
  before(async () => {
    ({ chain, pack } = playedChain());
    bundle = await chain.bundle(pack);
    known = new Map([...chain.records].map(([hash, { disclosures }]) => [hash, disclosures]));
  });

  const disclose = (...wanted: { path: string; recordHash?: Hash }[]) =>
    discloseInBundle(bundle, trustRoot, known, wanted);
  const shown = (of: EvidenceBundle) =>
    disclosedFields(formatBundle(of), trustRoot).map(({ path, value }) => [path, value]);
  const judge = (of: EvidenceBundle) => verifyEvidence(formatBundle(of), chain.view(), trustRoot);
  const lineOf = (of: EvidenceBundle) => judge(of).checks.find(({ check }) => check === "disclosures")!;

  it("prove the state of health that a laboratory measured, and show nothing beside it", () => {
    const proof = disclose({ path: "stateOfHealth" });
    expect(judge(proof).verdict).to.equal("verified");
    expect(lineOf(proof)).to.include({ status: "passed", code: "disclosures-right" });
    expect(shown(proof)).to.deep.equal([["$.stateOfHealth", { value: "76.0", unit: "%" }]]);
    expect(disclosedFields(formatBundle(proof), trustRoot)[0]).to.deep.include({
      author: 5,
      kind: null,
      subject: pack,
    });
    const text = new TextDecoder().decode(formatBundle(proof));
    for (const all of known.values()) {
      for (const disclosure of all) {
        expect(text.includes(disclosure)).to.equal(proof.dataRecords[0]!.disclosures.includes(disclosure));
      }
    }
  });

  it("show several fields of several records at once", () => {
    const proof = disclose({ path: "$.stateOfHealth" }, { path: "item.stateOfHealth" });
    expect(shown(proof)).to.deep.equal([
      ["$.item.stateOfHealth", "0.98"],
      ["$.stateOfHealth", { value: "76.0", unit: "%" }],
    ]);
    expect(judge(proof).verdict).to.equal("verified");
  });

  it("need no disclosure where they stand in clear", () => {
    expect(shown(disclose({ path: "model.chemistry" }))).to.deep.equal([]);
  });

  it("are asked for by record where several have them", () => {
    const error = expectCode("field-ambiguous", () => disclose({ path: "condition.remark" }));
    const { records } = error.details as { records: { recordHash: Hash; kind: string }[] };
    expect(records.map(({ kind }) => kind)).to.deep.equal(["handover", "handover", "handover"]);
    const proof = disclose({ path: "condition.remark", recordHash: records[1]!.recordHash });
    expect(shown(proof)).to.deep.equal([["$.condition.remark", "sound"]]);
    expect(proof.histories[0]!.steps[2]!.disclosures).to.have.length(2);
  });

  it("are refused where no record has them, or nothing at hand opens them", () => {
    for (const path of ["stateOfCharge", "item.stateOfHealth.value", "model.chemistry.name"]) {
      expectCode("field-unknown", () => disclose({ path }));
    }
    expectCode("field-unknown", () => discloseInBundle(bundle, trustRoot, new Map(), [{ path: "stateOfHealth" }]));
    expectCode("json-path-malformed", () => disclose({ path: "$..*" }));
  });

  it("leave nothing of what another exporter had shown", () => {
    const proof = disclose({ path: "stateOfHealth" });
    expect(shown(discloseInBundle(proof, trustRoot, known, [{ path: "item.stateOfHealth" }]))).to.deep.equal([
      ["$.item.stateOfHealth", "0.98"],
    ]);
    expect(shown(discloseInBundle(proof, trustRoot, known, []))).to.deep.equal([]);
  });

  describe("that lie", () => {
    const withData = (disclosures: readonly string[]): EvidenceBundle => ({
      ...bundle,
      dataRecords: bundle.dataRecords.map((one, i) => (i === 0 ? { ...one, disclosures } : one)),
    });
    const proof = () => disclose({ path: "stateOfHealth" }).dataRecords[0]!.disclosures as readonly [string];
    const better = encodeDisclosure({ salt: "c2FsdA", name: "stateOfHealth", value: { value: "99.0", unit: "%" } });
    const lies: [what: string, code: string, disclosures: () => readonly string[]][] = [
      ["are made up", "disclosure-unknown", () => [better]],
      [
        "are moved from another record",
        "disclosure-unknown",
        () => known.get(bundle.dataRecords[1]!.dataRecord.recordHash)!,
      ],
      ["are given twice", "disclosure-duplicate", () => [...proof(), ...proof()]],
      ["are cut short", "disclosure-malformed", () => [proof()[0].slice(0, -3)]],
      ["are a member's without its parent's", "disclosure-unknown", () => [inner()]],
    ];
    /** Of a field inside another of the mint's record. */
    const inner = (): string => {
      const { disclosures } = disclose({ path: "item.stateOfHealth" }).histories[0]!.steps[0]!;
      return disclosures[1] as string;
    };
    for (const [what, code, disclosures] of lies) {
      it(`${what} fail by name, and no value of them is told`, () => {
        const lie = withData(disclosures());
        expect(judge(lie).verdict).to.equal("failed");
        expect(lineOf(lie)).to.include({ status: "failed", code });
        expect(shown(lie)).to.deep.equal([]);
        expect(JSON.stringify(judge(lie))).not.to.include("99.0");
      });
    }
  });
});
