import { expect } from "chai";
import { encodeAnchor } from "../../backend/chain/encodeCalls.ts";
import { type Anchor, anchorDigest, anchorRoot } from "../../backend/domain/anchors/anchor.ts";
import { dataRecordDigest, type SignedDataRecord } from "../../backend/domain/anchors/dataRecord.ts";
import { buildManifest, type Manifest } from "../../backend/domain/anchors/manifest.ts";
import { ZERO_HASH } from "../../backend/domain/bytes.ts";
import { canonicalBytes } from "../../backend/domain/records/canonicalJson.ts";
import { recordHash } from "../../backend/domain/records/recordHash.ts";
import type { Hash, JsonValue, PassportId } from "../../backend/domain/types.ts";
import type { ReadBlock } from "../../backend/workers/contentStep.ts";
import { startTestChain, type TestChain } from "../support/chain.ts";
import { deployTestContract, type Member, newPassportId, signDigest, type TestContract } from "../support/contract.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { acceptRecords, anchoringRelayerOf, blocksOf, findManifests, signRecord } from "./anchorFixture.ts";
import { catchUp, dumpProjection, followerOf } from "./followerFixture.ts";

describe("manifestStep", () => {
  let chain: TestChain;
  let contract: TestContract;
  let database: TestDatabase;
  let publisher: Member;
  let rival: Member;
  let lab: Member;
  let pack: PassportId;
  let snapshot: string;

  before(async () => {
    chain = await startTestChain();
    contract = await deployTestContract(chain);
    publisher = await contract.admit(1, ["OPERATOR"]);
    rival = await contract.admit(2, ["OPERATOR"]);
    lab = await contract.admit(3, ["TEST_LAB"]);
    pack = newPassportId(1);
    await chain.rpc("anvil_mine", "0x8");
  });
  after(() => chain.stop());
  beforeEach(async () => {
    snapshot = await chain.rpc("evm_snapshot");
    database = await createDatabase();
  });
  afterEach(async () => {
    await database.drop();
    await chain.rpc("evm_revert", snapshot);
  });

  const query = async (sql: string): Promise<Record<string, unknown>[]> => (await database.pool.query(sql)).rows;
  const follow = (one = database): Promise<void> => catchUp(followerOf(one, contract));
  const due = () => query("UPDATE missing_manifest SET next_attempt_at = now()");
  const records = (count: number): SignedDataRecord[] =>
    Array.from({ length: count }, () => signRecord(contract, lab, pack));
  const readerOf =
    (blocks: ReadonlyMap<Hash, Uint8Array>): ReadBlock =>
    async (hash) =>
      blocks.get(hash) ?? null;

  /** Anchors leaves on chain as a publisher would, or as a liar: what is not given follows from the leaves. */
  const anchor = async (leaves: readonly SignedDataRecord[], lie: Partial<Anchor> = {}): Promise<Manifest> => {
    const manifest = buildManifest(leaves);
    const signed: Anchor = {
      publisher: publisher.id,
      root: anchorRoot(contract.separator, publisher.id, leaves),
      count: leaves.length,
      manifestHash: manifest.manifestHash,
      prevAccumulator: ZERO_HASH,
      ...lie,
    };
    const by = signed.publisher === publisher.id ? publisher : rival;
    await contract.send(encodeAnchor(signed, signDigest(by.wallet, anchorDigest(contract.separator, signed))));
    return manifest;
  };

  it("stores the leaves of a manifest that gives the anchor's root, its blocks, and what is missing of its records", async () => {
    const leaves = records(3);
    const manifest = await anchor(leaves);
    await follow();
    expect(await query("SELECT publisher, sequence FROM missing_manifest")).to.deep.equal([
      { publisher: 1, sequence: 0 },
    ]);
    expect(await findManifests(database, contract, [readerOf(manifest.blocks)])).to.deep.equal([]);
    const rows = await query("SELECT digest, record_hash, signature FROM anchored_record ORDER BY leaf_index");
    expect(rows).to.deep.equal(
      leaves.map((leaf) => ({
        digest: dataRecordDigest(contract.separator, leaf),
        record_hash: leaf.recordHash,
        signature: leaf.signature,
      })),
    );
    expect(await query("SELECT 1 FROM missing_manifest")).to.have.length(0);
    expect(await query("SELECT 1 FROM content_block")).to.have.length(manifest.blocks.size);
    const missing = await query("SELECT hash FROM missing_record");
    expect(missing.map(({ hash }) => hash)).to.include.members(leaves.map((leaf) => leaf.recordHash));
  });

  it("asks the next source when one fails, has nothing, or lies", async () => {
    const manifest = await anchor(records(1));
    await follow();
    const sources: ReadBlock[] = [
      () => Promise.reject(new Error("down")),
      async () => null,
      async () => new Uint8Array([1]),
      readerOf(manifest.blocks),
    ];
    expect(await findManifests(database, contract, sources)).to.deep.equal([]);
    expect(await query("SELECT 1 FROM anchored_record")).to.have.length(1);
  });

  it("keeps a manifest that nobody has listed as missing, with the reason, and asks again only after a pause", async () => {
    const manifest = await anchor(records(1));
    await follow();
    expect(await findManifests(database, contract, [async () => null])).to.deep.equal(["manifest-block-missing"]);
    expect(await query("SELECT attempts, reason FROM missing_manifest")).to.deep.equal([
      { attempts: 1, reason: "manifest-block-missing" },
    ]);
    expect(await findManifests(database, contract, [readerOf(manifest.blocks)])).to.deep.equal([]);
    expect(await query("SELECT 1 FROM anchored_record")).to.have.length(0);
    await due();
    await findManifests(database, contract, [readerOf(manifest.blocks)]);
    expect(await query("SELECT 1 FROM anchored_record")).to.have.length(1);
  });

  describe("stores nothing of", () => {
    const lies: { name: string; code: string; make(): Promise<ReadonlyMap<Hash, Uint8Array>> }[] = [
      {
        name: "leaves that do not give the root",
        code: "manifest-root-differs",
        make: async () => (await anchor(records(2), { root: `0x${"12".repeat(32)}` as Hash })).blocks,
      },
      {
        name: "leaves of another publisher's root",
        code: "manifest-root-differs",
        make: async () => {
          const leaves = records(2);
          return (await anchor(leaves, { root: anchorRoot(contract.separator, rival.id, leaves) })).blocks;
        },
      },
      {
        name: "fewer leaves than were anchored",
        code: "manifest-count-differs",
        make: async () => (await anchor(records(2), { count: 3 })).blocks,
      },
      {
        name: "a manifest without one of its chunks",
        code: "manifest-block-missing",
        make: async () => {
          const { manifestHash, blocks } = await anchor(records(1));
          return new Map([[manifestHash, blocks.get(manifestHash)!]]);
        },
      },
      {
        name: "a manifest of more blocks than any can need",
        code: "manifest-too-large",
        make: async () => {
          const chunks = Array.from({ length: 65 }, (_, i) => `0x${i.toString(16).padStart(64, "0")}`);
          const root = canonicalBytes({ chunks, count: 100, version: 1 } as JsonValue);
          await anchor(records(1), { count: 100, manifestHash: recordHash(root) });
          return new Map([[recordHash(root), root]]);
        },
      },
      {
        name: "a block that is no JSON",
        code: "manifest-malformed",
        make: async () => {
          const noise = new TextEncoder().encode("<html>");
          await anchor(records(1), { manifestHash: recordHash(noise) });
          return new Map([[recordHash(noise), noise]]);
        },
      },
    ];
    for (const { name, code, make } of lies) {
      it(name, async () => {
        const blocks = await make();
        await follow();
        expect(await findManifests(database, contract, [readerOf(blocks)])).to.deep.equal([code]);
        expect(await query("SELECT reason FROM missing_manifest")).to.deep.equal([{ reason: code }]);
        expect(await query("SELECT 1 FROM anchored_record")).to.have.length(0);
        expect(await query("SELECT 1 FROM content_block")).to.have.length(0);
      });
    }
  });

  it("finds an honest publisher's leaves although another's manifest is a lie", async () => {
    await anchor(records(1), { root: `0x${"12".repeat(32)}` as Hash });
    const honest = records(2);
    const theirs = { publisher: rival.id, root: anchorRoot(contract.separator, rival.id, honest) };
    const manifest = await anchor(honest, theirs);
    await follow();
    expect(await findManifests(database, contract, [readerOf(manifest.blocks)])).to.deep.equal([
      "manifest-block-missing",
    ]);
    expect(await query("SELECT publisher FROM anchored_record")).to.deep.equal([{ publisher: 2 }, { publisher: 2 }]);
  });

  it("closes what was promised here also when another publisher anchored it, but not with other signature bytes", async () => {
    const [kept, forged] = records(2) as [SignedDataRecord, SignedDataRecord];
    await acceptRecords(database, contract, [kept, forged]);
    const leaves = [kept, { ...forged, signature: `0x${"11".repeat(65)}` as const }];
    const manifest = await anchor(leaves, {
      publisher: rival.id,
      root: anchorRoot(contract.separator, rival.id, leaves),
    });
    await follow();
    await findManifests(database, contract, [readerOf(manifest.blocks)]);
    expect(await query("SELECT record_hash, state FROM data_record ORDER BY state")).to.deep.equal([
      { record_hash: kept.recordHash, state: "anchored" },
      { record_hash: forged.recordHash, state: "open" },
    ]);
    await chain.rpc("anvil_reorg", 1, []);
    await follow();
    expect(await query("SELECT DISTINCT state FROM data_record")).to.deep.equal([{ state: "open" }]);
  });

  it("stores nothing for an anchor that a reorganisation took while its manifest was fetched", async () => {
    const manifest = await anchor(records(1));
    await follow();
    const source: ReadBlock = async (hash) => {
      await chain.rpc("anvil_reorg", 1, []);
      await follow();
      return manifest.blocks.get(hash) ?? null;
    };
    await findManifests(database, contract, [source]);
    expect(await query("SELECT 1 FROM anchored_record")).to.have.length(0);
    expect(await query("SELECT 1 FROM content_block")).to.have.length(0);
  });

  it("gives an operator that never heard of the records the same rows, also after a reorganisation", async () => {
    const stranger = await createDatabase();
    try {
      await follow();
      const ours = anchoringRelayerOf(database, contract, publisher);
      await acceptRecords(database, contract, records(3));
      for (let i = 0; i < 3; i++) await ours.step();
      await anchor(records(1), { publisher: rival.id, root: `0x${"12".repeat(32)}` as Hash }); // never found by anybody
      await acceptRecords(database, contract, records(2));
      for (let i = 0; i < 4; i++) {
        await follow();
        await ours.step();
      }
      const settle = async (): Promise<void> => {
        await Promise.all([follow(), follow(stranger)]);
        await query("UPDATE missing_manifest SET next_attempt_at = now()");
        await stranger.pool.query("UPDATE missing_manifest SET next_attempt_at = now()");
        await findManifests(database, contract);
        await findManifests(stranger, contract, [blocksOf(database)]);
      };
      const expectSame = async (anchored: number): Promise<void> => {
        const [one, two] = [await dumpProjection(database), await dumpProjection(stranger)];
        expect(one.anchored_record).to.have.length(anchored);
        expect(two).to.deep.equal(one);
      };
      await settle();
      await expectSame(5);
      await chain.rpc("anvil_reorg", 1, []);
      await settle();
      await expectSame(3);
      for (let i = 0; i < 3; i++) await ours.step(); // the same bytes again
      await settle();
      await expectSame(5);
    } finally {
      await stranger.drop();
    }
  });
});
