import { expect } from "chai";
import { ZERO_HEAD } from "../../../backend/domain/bytes.ts";
import { passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import type { JsonObject, Uid } from "../../../backend/domain/types.ts";
import { readDpp } from "../../../backend/services/passports/readDpp.ts";
import { inTransaction } from "../../../backend/storage/database.ts";
import { storeRecord } from "../../../backend/storage/records.ts";
import { codeOf } from "../../support/refusal.ts";
import {
  type Built,
  buildEvent,
  COLLECTOR,
  createWorld,
  nextUid,
  PRODUCER,
  passportOf,
  projectEvent,
  recordOf,
  type World,
} from "../world.ts";

const MODEL: JsonObject = { manufacturer: "Cellworks", chemistry: "NMC622", composition: { cathode: "secret recipe" } };

function modelOf(uid: string, issuer = PRODUCER) {
  return recordOf("model/1", { subject: passportIdOf(issuer, uid as Uid), uid, model: MODEL });
}

/** Two packs in one consignment that name one model. */
function mintPacks(modelRecord: string): Built {
  const packs = [nextUid(), nextUid()].map((uid) => ({
    passportId: passportIdOf(PRODUCER, normaliseUid(uid)),
    prevHead: ZERO_HEAD,
    fields: { uid: normaliseUid(uid), modelRecord },
  }));
  return buildEvent("mint", PRODUCER, packs, { version: 2 });
}

describe("records of models", () => {
  let world: World;
  let serial = 0;
  const model = (issuer?: number) => modelOf(`urn:example:model-${++serial}`, issuer);
  const accept = ({ submission }: Built, ...models: ReturnType<typeof modelOf>[]) =>
    world.acceptor.accept({
      ...submission,
      models: models.map(({ record, disclosures }) => ({ record, disclosures })),
    });
  const stored = async (hash: string) => (await world.database.prisma.record.findUnique({ where: { hash } }))?.type;

  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  it("come once with the mints that name them, and are shown as every pack's own", async () => {
    const shared = model();
    const minted = mintPacks(shared.hash);
    await accept(minted, shared);
    expect(await stored(shared.hash)).to.equal("model/1");
    expect(await world.database.prisma.contentOutbox.count({ where: { hash: shared.hash } })).to.equal(1);
    await projectEvent(world.database, minted, 10);
    const { record } = await readDpp(world.database, passportOf(minted), null);
    expect(record?.model).to.deep.include({ manufacturer: "Cellworks", chemistry: "NMC622" });
    expect(JSON.stringify(record)).to.not.include("secret");

    await accept(mintPacks(shared.hash));
  });

  it("are not looked up as passports", async () => {
    const shared = model();
    await accept(mintPacks(shared.hash), shared);
    const uid = String(shared.record.uid);
    expect(await world.database.prisma.identifier.count({ where: { uid } })).to.equal(0);
  });

  it("are asked for when they are neither here nor sent, and nothing is promised", async () => {
    const minted = mintPacks(model().hash);
    expect(await codeOf(accept(minted))).to.equal("model-record-missing");
    expect(await world.database.prisma.acceptedEvent.count({ where: { digest: minted.digest } })).to.equal(0);
  });

  it("are refused when no record names them, when they are another's, and when they are of another type", async () => {
    const shared = model();
    expect(await codeOf(accept(mintPacks(shared.hash), shared, model()))).to.equal("model-record-not-named");
    const foreign = model(COLLECTOR);
    expect(await codeOf(accept(mintPacks(foreign.hash), foreign))).to.equal("model-record-of-another");
    const other = recordOf("void/1", { subject: passportIdOf(PRODUCER, "urn:example:x" as Uid) });
    expect(await codeOf(accept(mintPacks(other.hash), other))).to.equal("record-type-mismatch");
  });

  it("are missed by whoever follows the chain, until they are fetched", async () => {
    const shared = model();
    const [mint] = mintPacks(shared.hash).submission.records;
    const isMissing = () => world.database.prisma.missingRecord.count({ where: { hash: shared.hash } });
    await inTransaction(world.database.pool, (tx) => storeRecord(tx, canonicalBytes(mint!.record)));
    expect(await isMissing()).to.equal(1);
    await inTransaction(world.database.pool, (tx) => storeRecord(tx, shared.bytes));
    expect([await isMissing(), await stored(shared.hash)]).to.deep.equal([0, "model/1"]);
  });
});
