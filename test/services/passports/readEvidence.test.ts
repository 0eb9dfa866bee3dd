import { expect } from "chai";
import { anchorRoot } from "../../../backend/domain/anchors/anchor.ts";
import { dataRecordDigest, type SignedDataRecord } from "../../../backend/domain/anchors/dataRecord.ts";
import { judgeInclusion } from "../../../backend/domain/anchors/merkleTree.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { PassportId } from "../../../backend/domain/types.ts";
import { parseBundle } from "../../../backend/domain/verification/bundle.ts";
import { createAnchorTrees } from "../../../backend/services/anchors/anchorTrees.ts";
import { readEvidence } from "../../../backend/services/passports/readEvidence.ts";
import {
  buildMint,
  createWorld,
  DEPLOYMENT,
  FLEET,
  NOW,
  passportOf,
  projectEvent,
  RECYCLER,
  recordOf,
  SEPARATOR,
  signerOf,
  type World,
} from "../world.ts";

const PUBLISHER = 9;
const BLOCK = 5;

describe("readEvidence", () => {
  let world: World;
  let pack: PassportId;
  let leaves: SignedDataRecord[];

  before(async () => {
    world = await createWorld();
    const [mint, other] = [buildMint(), buildMint()];
    pack = passportOf(mint);
    await projectEvent(world.database, mint, 3);
    await projectEvent(world.database, other, 3);
    const about = [passportOf(other), pack, passportOf(other), pack];
    leaves = await Promise.all(about.map((subjectId, i) => observed(subjectId, i === 3 ? RECYCLER : FLEET)));
    await projectAnchor(leaves);
  });
  after(() => world.close());

  /** A data record of the fleet, signed by it or by another; its record is stored. */
  async function observed(subjectId: PassportId, signer: number): Promise<SignedDataRecord> {
    const { hash, bytes } = recordOf("data/1", { subject: subjectId, kind: "inspection" });
    const record = { subjectId, author: FLEET, occurredAt: NOW - 60, recordHash: hash };
    await world.database.prisma.record.create({
      data: { hash, bytes: Buffer.from(bytes), type: "data/1", subject: subjectId },
    });
    return { ...record, signature: signerOf(signer).sign(dataRecordDigest(SEPARATOR, record)) };
  }

  async function projectAnchor(records: readonly SignedDataRecord[]): Promise<void> {
    const { prisma } = world.database;
    const blockHash = `0x${"b5".repeat(32)}`;
    await prisma.chainBlock.create({ data: { number: BLOCK, hash: blockHash, parentHash: blockHash, time: NOW } });
    await prisma.chainAnchor.create({
      data: {
        blockNumber: BLOCK,
        logIndex: 0,
        blockHash,
        txHash: blockHash,
        publisher: PUBLISHER,
        sequence: 0,
        root: anchorRoot(SEPARATOR, PUBLISHER, records),
        count: records.length,
        manifestHash: blockHash,
        prevAccumulator: blockHash,
        accumulator: blockHash,
        signature: "0x",
      },
    });
    await prisma.anchoredRecord.createMany({
      data: records.map((record, leafIndex) => ({
        ...record,
        publisher: PUBLISHER,
        sequence: 0,
        leafIndex,
        digest: dataRecordDigest(SEPARATOR, record),
        occurredAt: BigInt(record.occurredAt),
      })),
    });
  }

  const read = () =>
    readEvidence(
      { database: world.database, deployment: DEPLOYMENT, anchorTrees: createAnchorTrees(), recoverSigner },
      pack,
    );

  it("shows a passport's data records, each with a proof that leads to its anchor's root", async () => {
    const bundle = parseBundle(await read());
    expect(bundle.dataRecords.map(({ leafIndex }) => leafIndex)).to.deep.equal([1]);
    const [one] = bundle.dataRecords;
    expect(one).to.deep.include({ blockNumber: BLOCK, publisher: PUBLISHER, dataRecord: leaves[1], disclosures: [] });
    expect(one?.record).to.include({ type: "data/1", subject: pack });
    const claim = {
      leaf: recordLeaf(PUBLISHER, dataRecordDigest(SEPARATOR, leaves[1] as SignedDataRecord)),
      index: 1,
      size: leaves.length,
      proof: one?.proof ?? [],
      root: anchorRoot(SEPARATOR, PUBLISHER, leaves),
    };
    expect(judgeInclusion(claim)).to.equal(null);
  });

  it("names author and publisher among the participants", async () => {
    const bundle = parseBundle(await read());
    expect(bundle.participants.map(({ id }) => id)).to.include.members([FLEET, PUBLISHER]);
  });

  it("leaves out what its author did not sign, and never shows what kind of record it is", async () => {
    const bytes = await read();
    expect(parseBundle(bytes).dataRecords.some(({ leafIndex }) => leafIndex === 3)).to.equal(false);
    expect(new TextDecoder().decode(bytes)).to.not.include("inspection");
  });
});
