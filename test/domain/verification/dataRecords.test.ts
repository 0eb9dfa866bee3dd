import { expect } from "chai";
import type { SignedDataRecord } from "../../../backend/domain/anchors/dataRecord.ts";
import { keccakText, toHex } from "../../../backend/domain/bytes.ts";
import type { Hash, PassportId } from "../../../backend/domain/types.ts";
import { type EvidenceBundle, formatBundle, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { anchorPlace, type ChainView } from "../../../backend/domain/verification/chainView.ts";
import { type DataRecordEvidence, MAX_DATA_RECORDS } from "../../../backend/domain/verification/dataRecordEvidence.ts";
import type { CheckLine, VerificationReport } from "../../../backend/domain/verification/report.ts";
import { verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { addressOfKey, playedChain, type SimulatedChain, trustRoot } from "./simulatedChain.ts";

const lineOf = (report: VerificationReport, id: string): CheckLine =>
  report.checks.find((line) => line.check === id) as CheckLine;
const otherHash = toHex(keccakText("other")) as Hash;

/** The bundle with its first data record changed. */
const withFirst = (bundle: EvidenceBundle, change: Partial<DataRecordEvidence>): EvidenceBundle => ({
  ...bundle,
  dataRecords: bundle.dataRecords.map((one, i) => (i === 0 ? { ...one, ...change } : one)),
});

describe("data records in evidence", () => {
  let chain: SimulatedChain;
  let pack: PassportId;
  let second: PassportId;
  let bundle: EvidenceBundle;
  let view: ChainView;

  beforeEach(async () => {
    ({ chain, pack } = playedChain());
    second = [...chain.passports.keys()].find((id) => id !== pack) as PassportId;
    bundle = await chain.bundle(pack);
    view = chain.view();
  });

  const judge = (changed: EvidenceBundle, on: ChainView = view) => verifyEvidence(formatBundle(changed), on, trustRoot);
  const judgeNow = async (id = pack) => judge(await chain.bundle(id), chain.view());
  const first = () => bundle.dataRecords[0] as DataRecordEvidence;

  it("are verified as signed by their authors and anchored, each with author, time and block", () => {
    const report = judge(bundle);
    expect(report.verdict).to.equal("verified");
    const line = lineOf(report, "data-records");
    expect(line).to.include({ status: "passed", code: "data-records-anchored" });
    expect(line.values).to.deep.equal({ records: 2 });
    const { blockNumber, dataRecord } = first();
    const stated = new Date(dataRecord.occurredAt * 1000).toISOString().replace(".000Z", "Z");
    expect(line.compared.map(({ what }) => what)).to.include(
      `signer of data record 1: participant 5, at ${stated}, block ${blockNumber}`,
    );
  });

  it("say in the report that others may be missing, also where there are none", async () => {
    const others = "says nothing of data records that are not shown";
    expect(lineOf(judge(bundle), "data-records").reason).to.contain(others);
    const bare = chain.mint(1, "https://id.gs1.org/01/09521002005004/21/BARE");
    const line = lineOf(await judgeNow(bare), "data-records");
    expect(line).to.include({ status: "passed", code: "data-records-none" });
    expect(line.reason).to.contain(others);
  });

  it("of other passports are not in the bundle, and the parents' are", async () => {
    expect(bundle.dataRecords.map(({ dataRecord }) => dataRecord.subjectId)).to.deep.equal([pack, pack]);
    chain.admit(6, "integrator", ["SECOND_LIFE", "CUSTODIAN"], "9506000");
    chain.handover(2, 6, [second]);
    const [product] = chain.transform(6, [second], ["https://id.gs1.org/01/09506000134352/21/STORAGE"]);
    const made = await chain.bundle(product as PassportId);
    expect(made.dataRecords.map(({ dataRecord }) => dataRecord.subjectId)).to.deep.equal([second]);
    expect(judge(made, chain.view()).verdict).to.equal("verified");
  });

  const lies: [name: string, code: string, lie: (honest: EvidenceBundle) => EvidenceBundle][] = [
    ["its proof is another's", "data-record-not-included", (b) => withFirst(b, { proof: [otherHash] })],
    ["its proof is cut", "data-record-not-included", (b) => withFirst(b, { proof: [] })],
    ["its place is another", "data-record-not-included", (b) => withFirst(b, { leafIndex: first().leafIndex ^ 1 })],
    ["its block is another", "data-record-not-anchored", (b) => withFirst(b, { blockHash: otherHash })],
    [
      "its block number is another",
      "data-record-not-anchored",
      (b) => withFirst(b, { blockNumber: first().blockNumber - 1 }),
    ],
    ["its publisher is another", "data-record-not-anchored", (b) => withFirst(b, { publisher: 5 })],
    [
      "it is moved to another passport",
      "data-record-unrelated",
      (b) => withFirst(b, { dataRecord: { ...first().dataRecord, subjectId: second } }),
    ],
    [
      "its stated time is another",
      "data-record-not-included",
      (b) => withFirst(b, { dataRecord: { ...first().dataRecord, occurredAt: 7 } }),
    ],
    [
      "its signature is by a forger",
      "data-record-signature-wrong",
      (b) => withFirst(b, { dataRecord: chain.signDataRecord(first().dataRecord, keccakText("a forger")) }),
    ],
    [
      "its record is another",
      "data-record-record-altered",
      (b) => withFirst(b, { record: b.dataRecords[1]?.record ?? null }),
    ],
    [
      "it is listed twice",
      "data-records-disordered",
      (b) => ({ ...b, dataRecords: [first(), first(), ...b.dataRecords.slice(1)] }),
    ],
    ["the order is another", "data-records-disordered", (b) => ({ ...b, dataRecords: [...b.dataRecords].reverse() })],
  ];
  for (const [name, code, lie] of lies) {
    it(`fail when ${name}`, () => {
      const report = judge(lie(bundle));
      const line = lineOf(report, "data-records");
      expect(report.verdict).to.equal("failed");
      expect(line).to.include({ status: "failed", code });
    });
  }

  it("fail without the history of an author or publisher", () => {
    for (const missing of [5, 7]) {
      const participants = bundle.participants.filter(({ id }) => id !== missing);
      const report = judge({ ...bundle, participants });
      expect(lineOf(report, "participants").code, String(missing)).to.equal("participant-missing");
    }
  });

  it("fail when their publisher was no operator, whatever the log says", () => {
    const participants = bundle.participants.map((one) =>
      one.id === 7 ? { ...one, changes: one.changes.map((change) => ({ ...change, roles: 0 })) } : one,
    );
    const line = lineOf(judge({ ...bundle, participants }), "data-records");
    expect(line.code).to.equal("data-record-publisher-not-operator");
  });

  it("are proven without their record, whose hash is signed", () => {
    expect(judge(withFirst(bundle, { record: null })).verdict).to.equal("verified");
  });

  it("prove a disclosed field, and fail one that is not theirs", () => {
    const genuine = chain.records.get(first().dataRecord.recordHash)?.disclosures ?? [];
    const shown = judge(withFirst(bundle, { disclosures: genuine }));
    expect(shown.verdict).to.equal("verified");
    expect(lineOf(shown, "disclosures").code).to.equal("disclosures-right");
    const others = chain.records.get(bundle.dataRecords[1]?.dataRecord.recordHash as Hash)?.disclosures ?? [];
    const moved = judge(withFirst(bundle, { disclosures: others }));
    expect(lineOf(moved, "disclosures")).to.include({ status: "failed" });
    expect(lineOf(moved, "disclosures").values).to.deep.equal({ dataRecord: 1 });
    const bare = judge(withFirst(bundle, { record: null, disclosures: genuine }));
    expect(lineOf(bare, "disclosures").status).to.equal("unavailable");
  });

  it("are pending while their anchor is above the reader's block", async () => {
    const before = chain.view();
    chain.anchor(7, [chain.observe(5, pack, { kind: "inspection" })]);
    const report = judge(await chain.bundle(pack), before);
    expect(report.verdict).to.equal("pending");
    expect(lineOf(report, "data-records").code).to.equal("data-record-not-final");
    expect((await judgeNow()).verdict).to.equal("verified");
  });

  it("could not be checked where the RPC serves no logs", () => {
    const line = lineOf(judge(bundle, { ...view, anchorLogs: null }), "data-records");
    expect(line).to.include({ status: "unavailable", code: "logs-not-served" });
  });

  it("are found among several anchors of their publisher in one block", () => {
    const place = anchorPlace(first());
    const log = view.anchorLogs?.get(place)?.[0];
    if (log === undefined) throw new Error("not anchored");
    const logs = [{ ...log, root: otherHash, count: 1 }, log];
    const report = judge(bundle, { ...view, anchorLogs: new Map(view.anchorLogs ?? []).set(place, logs) });
    expect(report.verdict).to.equal("verified");
  });

  it("count by their author's standing at the anchor's block, not before it or today", async () => {
    const late = chain.observe(5, pack, { kind: "inspection" });
    const key = keccakText("the lab's next key");
    chain.change(5, { signer: addressOfKey(key) });
    chain.keys.set(5, key);
    chain.anchor(7, [late, chain.observe(5, pack, { kind: "repair" })]);
    expect((await chain.bundle(pack)).dataRecords.length, "all but the one by the old key").to.equal(3);
    const last = chain.observe(5, pack, { kind: "repair" });
    chain.change(5, { active: false });
    chain.anchor(7, [last]);
    const gathered = await chain.bundle(pack);
    expect(gathered.dataRecords.length, "nothing anchored after the suspension").to.equal(3);
    expect(judge(gathered, chain.view()).verdict).to.equal("verified");
  });

  describe("that a hostile operator anchored", () => {
    const rubbish: [name: string, make: () => SignedDataRecord][] = [
      ["with a forged signature", () => chain.signDataRecord(chain.observe(5, pack, {}), keccakText("a forger"))],
      [
        "from the future",
        () => chain.signDataRecord({ ...chain.observe(5, pack, {}), occurredAt: chain.time + 100_000 }),
      ],
      [
        "by nobody who was admitted",
        () => chain.signDataRecord({ ...chain.observe(5, pack, {}), author: 99 }, keccakText("a stranger")),
      ],
      [
        "with a record of another passport",
        () => chain.signDataRecord({ ...chain.observe(5, second, {}), subjectId: pack }),
      ],
      [
        "with a record that is no data record",
        () => {
          const recordHash = chain.store("handover/1", { subject: pack });
          return chain.signDataRecord({ ...chain.observe(5, pack, {}), recordHash });
        },
      ],
    ];
    for (const [name, make] of rubbish) {
      it(`${name} are left out of evidence, which stays good`, async () => {
        const evil = make();
        chain.anchor(7, [evil]);
        const gathered = await chain.bundle(pack);
        expect(gathered.dataRecords.length).to.equal(2);
        expect(judge(gathered, chain.view()).verdict).to.equal("verified");
      });
    }

    it("a second time are shown from the first anchor only", async () => {
      chain.admit(8, "other operator", ["OPERATOR"]);
      chain.anchor(8, [first().dataRecord]);
      const gathered = await chain.bundle(pack);
      expect(gathered.dataRecords).to.deep.equal(bundle.dataRecords);
      const again = chain.dataRecords.at(-1);
      if (again === undefined) throw new Error("not anchored");
      const { blockTime: _, ...evidence } = again;
      const both = { ...bundle, dataRecords: [...bundle.dataRecords, { ...evidence, record: null, disclosures: [] }] };
      expect(lineOf(judge(both, chain.view()), "data-records").code).to.equal("data-records-disordered");
    });
  });

  it("have one form in a bundle, and no more than so many", () => {
    const json = JSON.parse(new TextDecoder().decode(formatBundle(bundle)));
    const parse = (change: (entry: Record<string, unknown>) => unknown) => () =>
      parseBundle(
        new TextEncoder().encode(
          JSON.stringify({ ...json, dataRecords: [change(json.dataRecords[0]), ...json.dataRecords.slice(1)] }),
        ),
      );
    expect(parse((entry) => entry)).to.not.throw();
    for (const change of [
      { extra: 1 },
      { leafIndex: -1 },
      { leafIndex: 1.5 },
      { proof: Array.from({ length: 65 }, () => otherHash) },
      { proof: ["0x00"] },
      { record: [] },
      { disclosures: [1] },
      { dataRecord: { ...json.dataRecords[0].dataRecord, kind: "state-of-health" } },
      { dataRecord: { ...json.dataRecords[0].dataRecord, signature: "0x" } },
    ]) {
      expect(
        parse((entry) => ({ ...entry, ...change })),
        JSON.stringify(change),
      ).to.throw();
    }
    const many = Array.from({ length: MAX_DATA_RECORDS + 1 }, () => json.dataRecords[0]);
    expect(() => parseBundle(new TextEncoder().encode(JSON.stringify({ ...json, dataRecords: many })))).to.throw(
      "dataRecords must be a list of at most",
    );
  });
});
