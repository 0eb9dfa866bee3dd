import { expect } from "chai";
import fc from "fast-check";
import { encodeDisclosure } from "../../../backend/domain/records/disclosureCodec.ts";
import type { Hash, JsonObject, PassportId } from "../../../backend/domain/types.ts";
import { type EvidenceBundle, formatBundle, parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { disclosedFields, discloseInBundle } from "../../../backend/domain/verification/disclosedFields.ts";
import { itemFieldsOf } from "../../../backend/domain/verification/itemFields.ts";
import type { ModelEvidence } from "../../../backend/domain/verification/modelEvidence.ts";
import type { CheckLine } from "../../../backend/domain/verification/report.ts";
import { verifyEvidence } from "../../../backend/domain/verification/verifyEvidence.ts";
import { playedChain, type SimulatedChain, trustRoot } from "./simulatedChain.ts";

const MODEL: JsonObject = {
  manufacturer: "Cellworks",
  modelId: "CW-9",
  chemistry: "NMC622",
  ratedCapacity: { value: "166", unit: "Ah" },
  mass: { value: "304", unit: "kg" },
  composition: { cathode: "secret recipe" },
};

describe("a model's record in evidence", () => {
  let chain: SimulatedChain;
  let shared: Hash;
  let pack: PassportId;
  let bundle: EvidenceBundle;

  before(async () => {
    ({ chain } = playedChain());
    shared = chain.storeModel(1, "urn:example:cw-9", MODEL);
    pack = chain.mintOfModel(1, "https://id.gs1.org/01/09521002005004/21/OF-MODEL", shared, { level: "pack" });
    bundle = await chain.bundle(pack);
  });

  const only = (): ModelEvidence => bundle.models[0]!;
  const withModels = (...models: ModelEvidence[]): EvidenceBundle => ({ ...bundle, models });
  const judge = (changed: EvidenceBundle) => verifyEvidence(formatBundle(changed), chain.view(), trustRoot);
  const lineOf = (changed: EvidenceBundle, id = "records"): CheckLine =>
    judge(changed).checks.find(({ check }) => check === id)!;

  it("stands there once, however many items name it, and is verified with the record that names it", async () => {
    chain.admit(6, "integrator", ["SECOND_LIFE", "CUSTODIAN"], "9506000");
    const packs = ["A", "B"].map((serial) =>
      chain.mintOfModel(1, `https://id.gs1.org/01/09521002005004/21/${serial}`, shared),
    );
    chain.handover(1, 6, packs);
    const [product] = chain.transform(6, packs, ["https://id.gs1.org/01/09506000134352/21/STORAGE"]);
    const whole = await chain.bundle(product!);
    expect(whole.models.map(({ recordHash }) => recordHash)).to.deep.equal([shared]);
    expect(judge(whole).verdict).to.equal("verified");
    const line = lineOf(bundle);
    expect(line).to.deep.include({ status: "passed", code: "records-authentic", values: { records: 2 } });
    const compared = { what: "hash of the record of model 1", expected: shared, found: shared };
    expect(line.compared).to.deep.include(compared);
  });

  it("gives the item its label, and not what is withheld", () => {
    const { composition: _, ...label } = MODEL;
    const { model, level } = itemFieldsOf(formatBundle(bundle));
    expect(level).to.equal("pack");
    expect(model).to.deep.equal(label);
    expect(new TextDecoder().decode(formatBundle(bundle))).to.not.include("secret");
  });

  it("is read back to the same bytes", () => {
    const bytes = formatBundle(bundle);
    expect(formatBundle(parseBundle(bytes))).to.deep.equal(bytes);
  });

  it("is altered, foreign, repeated or of another type, and the check of records says which", () => {
    const altered = { ...only(), record: { ...only().record, model: { ...label(), chemistry: "LFP" } } };
    expect(lineOf(withModels(altered))).to.include({ status: "failed", code: "model-record-altered" });
    expect(lineOf(withModels(only(), only()))).to.include({ status: "failed", code: "model-record-not-named" });
    const foreign = chain.storeModel(1, "urn:example:cw-10", MODEL);
    const other = { recordHash: foreign, record: chain.records.get(foreign)!.record, disclosures: [] };
    expect(lineOf(withModels(only(), other))).to.include({ status: "failed", code: "model-record-not-named" });
    const renamed = { ...other, recordHash: shared };
    expect(lineOf(withModels(renamed))).to.include({ status: "failed", code: "model-record-altered" });
    const unreadable = { ...only(), record: { type: "model/9" } };
    expect(lineOf(withModels(unreadable)).status).to.equal("failed");
  });

  it("must be of a model, whatever a mint names", async () => {
    const { passportId, mint } = await mintNaming(chain.store("void/1", { subject: pack }));
    expect(lineOf(mint)).to.include({ status: "failed", code: "model-record-misplaced" });
    expect(itemFieldsOf(formatBundle(mint)).model, passportId).to.equal(undefined);
  });

  it("is missed where the exporter does not have it", async () => {
    expect(lineOf(withModels())).to.include({ status: "unavailable", code: "model-record-missing" });
    expect(judge(withModels()).verdict).to.equal("unavailable");
    const { mint } = await mintNaming(`0x${"ab".repeat(32)}` as Hash);
    expect([mint.models, judge(mint).verdict]).to.deep.equal([[], "unavailable"]);
  });

  it("fails for any single flipped bit of it", function () {
    this.timeout(30_000);
    const bytes = formatBundle(bundle);
    const text = new TextDecoder().decode(bytes);
    const [from, to] = [text.indexOf('"models"'), text.indexOf('"participants"')];
    const view = chain.view();
    fc.assert(
      fc.property(fc.integer({ min: from, max: to - 1 }), fc.nat(7), (at, bit) => {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        return verifyEvidence(flipped, view, trustRoot).verdict === "failed";
      }),
      { numRuns: 300 },
    );
  });

  it("has its withheld fields disclosed one at a time, and a made-up one fails by name", () => {
    const known = new Map([[shared, chain.records.get(shared)!.disclosures]]);
    const proof = discloseInBundle(bundle, trustRoot, known, [{ path: "model.composition.cathode" }]);
    expect(judge(proof).verdict).to.equal("verified");
    expect(disclosedFields(formatBundle(proof), trustRoot)).to.deep.include({
      recordHash: shared,
      subject: pack,
      kind: "model",
      author: 1,
      occurredAt: disclosedFields(formatBundle(proof), trustRoot)[0]!.occurredAt,
      path: "$.model.composition.cathode",
      value: "secret recipe",
    });
    const forged = encodeDisclosure({ salt: "AAAAAAAAAAAAAAAAAAAAAA", name: "cathode", value: "LFP" });
    const line = lineOf(withModels({ ...only(), disclosures: [forged] }), "disclosures");
    expect(line).to.deep.include({ status: "failed", code: "disclosure-unknown", values: { model: 1 } });
  });

  const label = () => only().record.model as JsonObject;

  async function mintNaming(hash: Hash) {
    const uid = `https://id.gs1.org/01/09521002005004/21/NAMES-${hash.slice(2, 10)}`;
    const passportId = chain.mintOfModel(1, uid, hash);
    return { passportId, mint: await chain.bundle(passportId) };
  }
});
