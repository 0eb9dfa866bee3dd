import { expect } from "chai";
import { erasureDigest } from "../../../backend/domain/access/erasure.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseSubjectUid } from "../../../backend/domain/identifiers/subjectUid.ts";
import { reveal } from "../../../backend/domain/records/disclosures.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Hash, JsonObject, ParticipantId, Uid } from "../../../backend/domain/types.ts";
import { eraseDisclosures } from "../../../backend/services/access/eraseDisclosures.ts";
import { readDisclosures } from "../../../backend/services/access/readDisclosures.ts";
import { listDataRecords } from "../../../backend/services/dataRecords/listDataRecords.ts";
import { codeOf } from "../../support/refusal.ts";
import {
  AUTHORITY,
  type BuiltDataRecord,
  buildDataRecord,
  buildEvent,
  COLLECTOR,
  createWorld,
  LAB,
  NOW,
  nextUid,
  PRODUCER,
  projectEvent,
  RECYCLER,
  recordOf,
  SEALING,
  SEPARATOR,
  signerOf,
  type World,
} from "../world.ts";

const VIN = "LSVAU2180N2183294";
const PLANT: JsonObject = {
  kind: "facility",
  name: "Works 3",
  facility: "recycling",
  district: "500112",
  validFrom: "2026-01-01",
  capacities: [{ of: "black mass", capacity: { value: "9000", unit: "t/year" } }],
};
const LICENCE: JsonObject = {
  kind: "credential",
  name: "industry conditions, comprehensive utilisation",
  authority: "Economy and Information Commission",
  batch: "5",
  validFrom: "2026-01-01",
  validUntil: "2028-12-31",
};

describe("data records about what has no passport", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  let serial = 0;
  const idOf = (issuer: ParticipantId, uid = `urn:example:plant-${++serial}`) =>
    passportIdOf(issuer, normaliseSubjectUid(uid));
  const accept = ({ submission }: BuiltDataRecord) => world.dataRecordAcceptor.accept(submission);
  const seen = async (by: ParticipantId, { signed, submission }: BuiltDataRecord) => {
    const dependencies = { database: world.database, sealing: SEALING };
    const { records } = await readDisclosures(dependencies, { participantId: by, roles: [] }, signed.subjectId, NOW);
    const own = records.find(({ recordHash }) => recordHash === signed.recordHash);
    return reveal(submission.record, own?.disclosures ?? []).value;
  };
  const erase = (by: ParticipantId, recordHash: Hash) => {
    const request = { participant: by, recordHash, disclosures: [], requestedAt: NOW };
    const signature = signerOf(by).sign(erasureDigest(SEPARATOR, request));
    const erasureFile = { append: async () => {} };
    return eraseDisclosures(
      { database: world.database, sealing: SEALING, recoverSigner, separator: SEPARATOR, erasureFile, now: () => NOW },
      { ...request, signature },
    );
  };

  it("begin with one by the issuer of its id, and are then anybody's to write", async () => {
    const plant = idOf(RECYCLER);
    const inspected = buildDataRecord(plant, LAB, {
      fields: { kind: "inspection", inspectedAt: "2026-03-01T08:00:00Z", result: "sound" },
    });
    expect(await codeOf(accept(inspected))).to.equal("subject-unknown");
    await accept(buildDataRecord(plant, RECYCLER, { fields: PLANT }));
    expect(await codeOf(accept(inspected))).to.equal("none");
    const { entries } = await listDataRecords(world.database, { subject: plant, limit: 10 });
    expect(entries.map(({ dataRecord }) => dataRecord.author)).to.have.members([RECYCLER, LAB]);
  });

  it("begin and go on in one batch", async () => {
    const plant = idOf(RECYCLER);
    const records = [
      buildDataRecord(plant, RECYCLER, { fields: PLANT }),
      buildDataRecord(plant, AUTHORITY, { fields: LICENCE }),
    ];
    expect(await Promise.all(records.map((record) => codeOf(accept(record))))).to.deep.equal(["none", "none"]);
  });

  it("begin with none by another, and with none of a kind that speaks of a battery", async () => {
    expect(await codeOf(accept(buildDataRecord(idOf(RECYCLER), COLLECTOR, { fields: PLANT })))).to.equal(
      "subject-unknown",
    );
    expect(await codeOf(accept(buildDataRecord(idOf(LAB), LAB)))).to.equal("subject-unknown");
  });

  it("go on where the first was anchored by another operator", async () => {
    const plant = idOf(RECYCLER);
    const first = buildDataRecord(plant, RECYCLER, { fields: PLANT });
    const licence = buildDataRecord(plant, AUTHORITY, { fields: LICENCE });
    const { pool } = world.database;
    await pool.query(
      `INSERT INTO chain_anchor (block_number, log_index, block_hash, tx_hash, publisher, sequence, root, count,
         manifest_hash, prev_accumulator, accumulator, signature) VALUES (1, 0, '', '', 90, 0, '', 1, '', '', 'a', '')`,
    );
    expect(await codeOf(accept(licence))).to.equal("subject-unknown");
    await pool.query("INSERT INTO anchored_record VALUES (90, 0, 0, $1, $2, $3, $4, $5, $6)", [
      first.digest,
      plant,
      RECYCLER,
      first.signed.occurredAt,
      first.signed.recordHash,
      first.signed.signature,
    ]);
    expect(await codeOf(accept(licence))).to.equal("none");
  });

  it("are read by their authors and by the issuer, who answers for the subject, and by nobody else", async () => {
    const van = idOf(COLLECTOR, "urn:uuid:6f9619ff-8b86-4d01-b42d-00cf4fc964ff");
    const fields = { kind: "vehicle", vin: VIN, change: "scrapped", changedOn: "2026-03-01" };
    const scrapped = buildDataRecord(van, COLLECTOR, { fields });
    const report = buildDataRecord(van, LAB, {
      fields: { kind: "inspection", inspectedAt: "2026-03-02T08:00:00Z", result: "sound" },
    });
    await accept(scrapped);
    await accept(report);
    expect(await seen(COLLECTOR, scrapped)).to.include({ vin: VIN });
    expect(await seen(COLLECTOR, report)).to.include({ result: "sound" });
    expect(await seen(LAB, report)).to.include({ result: "sound" });
    expect(await seen(LAB, scrapped)).not.to.have.property("vin");
    expect(await seen(RECYCLER, report)).not.to.have.property("result");
    expect(JSON.stringify(scrapped.submission.record)).not.to.contain(VIN);
  });

  it("are erased at the signed request of their author or the issuer", async () => {
    const plant = idOf(RECYCLER);
    const own = buildDataRecord(plant, RECYCLER, { fields: PLANT });
    const licence = buildDataRecord(plant, AUTHORITY, { fields: LICENCE });
    await accept(own);
    await accept(licence);
    expect(await codeOf(erase(COLLECTOR, licence.signed.recordHash))).to.equal("access-denied");
    expect(await codeOf(erase(AUTHORITY, own.signed.recordHash))).to.equal("access-denied");
    expect((await erase(AUTHORITY, licence.signed.recordHash)).erased).to.have.length.above(0);
    expect((await erase(RECYCLER, own.signed.recordHash)).erased).to.have.length.above(0);
    expect(await seen(RECYCLER, own)).not.to.have.property("name");
  });

  it("leave a model's record to its issuer to erase", async () => {
    const modelUid = "urn:example:model-to-erase" as Uid;
    const uid = nextUid() as Uid;
    const composition = { cathode: "secret recipe" };
    const shared = recordOf("model/1", {
      subject: passportIdOf(PRODUCER, modelUid),
      uid: modelUid,
      model: { manufacturer: "Cellworks", composition },
    });
    const item = { passportId: passportIdOf(PRODUCER, uid), prevHead: `0x${"00".repeat(28)}` as const };
    const minted = buildEvent("mint", PRODUCER, [{ ...item, fields: { uid, modelRecord: shared.hash } }], {
      version: 2,
    });
    await world.acceptor.accept({ ...minted.submission, models: [shared] });
    await projectEvent(world.database, minted, 10);
    expect(await codeOf(erase(RECYCLER, shared.hash))).to.equal("access-denied");
    expect((await erase(PRODUCER, shared.hash)).erased).to.have.length.above(0);
    const { rowCount } = await world.database.pool.query("SELECT FROM record_disclosure WHERE record_hash = $1", [
      shared.hash,
    ]);
    expect(rowCount).to.equal(0);
  });
});
