import { expect } from "chai";
import { MAX_ANCHORED } from "../../../backend/domain/anchors/anchor.ts";
import {
  buildManifest,
  MAX_MANIFEST_BLOCK_BYTES,
  parseManifest,
  parseManifestRoot,
} from "../../../backend/domain/anchors/manifest.ts";
import { canonicalBytes } from "../../../backend/domain/records/canonicalJson.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import type { Hash, JsonValue } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";
import { recordsOf } from "./leaves.ts";

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes!).toString("utf8");

/** A manifest written by somebody else: any chunks, any root block over them, all hashes right. */
function forge(chunks: readonly (JsonValue | Uint8Array)[], root: (hashes: Hash[]) => JsonValue) {
  const blocks = new Map<Hash, Uint8Array>();
  const store = (value: JsonValue | Uint8Array) => {
    const bytes = value instanceof Uint8Array ? value : canonicalBytes(value);
    blocks.set(recordHash(bytes), bytes);
    return recordHash(bytes);
  };
  return { manifestHash: store(root(chunks.map(store))), blocks };
}

const plainRoot = (count: number) => (chunks: Hash[]) => ({ chunks, count, version: 1 });
const asJson = (value: unknown) => value as JsonValue;

describe("manifest", () => {
  it("gives back the leaves it was built of, in order, for one, some and ten thousand", () => {
    for (const count of [1, 2, 1500, MAX_ANCHORED]) {
      const leaves = recordsOf(count);
      const { manifestHash, blocks } = buildManifest(leaves);
      expect(parseManifest({ manifestHash, count }, blocks)).to.deep.equal(leaves);
    }
  });

  it("names every block by its sha-256, none above 256 KiB, and fills each as far as the next leaf allows", () => {
    for (const signatureBytes of [65, 4096]) {
      const leaves = recordsOf(1500, signatureBytes);
      const { manifestHash, blocks } = buildManifest(leaves);
      for (const [hash, bytes] of blocks) {
        expect(recordHash(bytes)).to.equal(hash);
        expect(bytes.length).to.be.at.most(MAX_MANIFEST_BLOCK_BYTES);
      }
      const { chunks } = parseManifestRoot({ manifestHash, count: 1500 }, blocks);
      expect(chunks.length)
        .to.be.greaterThan(1)
        .and.equal(blocks.size - 1);
      for (const [i, hash] of chunks.entries()) {
        const next = blocks.get(chunks[i + 1] as Hash);
        if (next === undefined) continue;
        const [first] = JSON.parse(textOf(next));
        const grown = [...JSON.parse(textOf(blocks.get(hash))), first];
        expect(canonicalBytes(grown).length).to.be.greaterThan(MAX_MANIFEST_BLOCK_BYTES);
      }
    }
  });

  it("shows five fields of a leaf and nothing of what kind it is, whatever the caller's objects carry", () => {
    const leaves = recordsOf(3).map((leaf) => ({ ...leaf, type: "inspection", kind: "accident" }));
    const { manifestHash, blocks } = buildManifest(leaves);
    expect(manifestHash).to.equal(buildManifest(recordsOf(3)).manifestHash);
    const [chunk, root] = [...blocks.values()].map((bytes) => JSON.parse(textOf(bytes)));
    for (const leaf of chunk) {
      expect(Object.keys(leaf)).to.deep.equal(["author", "occurredAt", "recordHash", "signature", "subjectId"]);
    }
    expect(Object.keys(root)).to.deep.equal(["chunks", "count", "version"]);
  });

  it("is not built of no leaves, of 10,001, or of one record twice, whatever its signature", () => {
    expectCode("anchor-count-out-of-range", () => buildManifest([]));
    expectCode("anchor-count-out-of-range", () => buildManifest(recordsOf(MAX_ANCHORED + 1)));
    const [first, second] = recordsOf(2) as [never, never];
    const resigned = { ...(first as object), signature: "0x01" } as never;
    const error = expectCode("manifest-leaf-repeated", () => buildManifest([first, second, resigned]));
    expect(error.details).to.deep.equal({ position: 2 });
  });
});

describe("parseManifest", () => {
  const leaves = recordsOf(1500);
  const count = leaves.length;
  const { manifestHash, blocks } = buildManifest(leaves);
  const anchored = { manifestHash, count };

  it("refuses a block that is missing, whichever", () => {
    for (const hash of blocks.keys()) {
      const rest = new Map([...blocks].filter(([name]) => name !== hash));
      const error = expectCode("manifest-block-missing", () => parseManifest(anchored, rest));
      expect(error.details).to.deep.equal({ hash });
    }
  });

  it("refuses any block with one bit flipped", () => {
    const small = buildManifest(recordsOf(1));
    for (const [hash, bytes] of small.blocks) {
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const altered = new Map(small.blocks).set(hash, flipped);
        const read = () => parseManifest({ manifestHash: small.manifestHash, count: 1 }, altered);
        expectCode("manifest-block-differs", read);
      }
    }
  });

  it("refuses two chunks swapped under each other's names", () => {
    const [a, b] = [...blocks.keys()] as [Hash, Hash];
    const swapped = new Map(blocks).set(a, blocks.get(b)!).set(b, blocks.get(a)!);
    expectCode("manifest-block-differs", () => parseManifest(anchored, swapped));
  });

  it("refuses a block above 256 KiB before hashing it", () => {
    const large = new Map(blocks).set(manifestHash, new Uint8Array(MAX_MANIFEST_BLOCK_BYTES + 1));
    expectCode("manifest-block-too-large", () => parseManifest(anchored, large));
  });

  it("refuses another count than the anchor's, in the root block or in the chunks", () => {
    expectCode("manifest-count-differs", () => parseManifest({ manifestHash, count: count - 1 }, blocks));
    const list = asJson(recordsOf(3));
    for (const claimed of [2, 4]) {
      const forged = forge([list], plainRoot(claimed));
      expectCode("manifest-count-differs", () => parseManifest({ ...forged, count: claimed }, forged.blocks));
    }
  });

  it("refuses a count that no anchor has", () => {
    for (const claimed of [0, MAX_ANCHORED + 1]) {
      const forged = forge([], plainRoot(claimed));
      expectCode("anchor-count-out-of-range", () => parseManifest({ ...forged, count: claimed }, forged.blocks));
    }
  });

  it("refuses root blocks of another form", () => {
    const list = asJson(recordsOf(1));
    const roots: ((chunks: Hash[]) => JsonValue)[] = [
      () => "root",
      () => null,
      (chunks) => chunks,
      (chunks) => ({ chunks, count: 1 }),
      (chunks) => ({ chunks, count: 1, version: 2 }),
      (chunks) => ({ chunks, count: 1, version: 1, kind: "inspection" }),
      () => ({ chunks: [], count: 1, version: 1 }),
      () => ({ chunks: {}, count: 1, version: 1 }),
      () => ({ chunks: ["0x00"], count: 1, version: 1 }),
      () => ({ chunks: [1], count: 1, version: 1 }),
      (chunks) => ({ chunks: [...chunks, ...chunks], count: 1, version: 1 }),
    ];
    for (const root of roots) {
      const forged = forge([list], root);
      expectCode("manifest-malformed", () => parseManifest({ ...forged, count: 1 }, forged.blocks));
    }
  });

  it("refuses chunks of another form, says which leaf, and keeps the cause", () => {
    const [first, second] = recordsOf(2) as [object, object];
    const space = Buffer.from(`[${JSON.stringify(first)} ]`);
    for (const chunk of [{}, [], "leaf", Uint8Array.from(space), Uint8Array.of(0xff)]) {
      const forged = forge([chunk as JsonValue], plainRoot(2));
      expectCode("manifest-malformed", () => parseManifest({ ...forged, count: 2 }, forged.blocks));
    }
    for (const change of [{ author: 0 }, { kind: "accident" }, { signature: "0x" }, { recordHash: "0x12" }]) {
      const forged = forge([asJson([first, { ...second, ...change }])], plainRoot(2));
      const error = expectCode("manifest-malformed", () => parseManifest({ ...forged, count: 2 }, forged.blocks));
      expect(error.details).to.deep.equal({ place: "leaves[1]" });
      expect(error.cause)
        .to.have.property("code")
        .that.matches(/^(data-record|hex)-malformed$/);
    }
  });

  it("refuses leaves cut into other chunks, and hex in upper case: one list has one manifest", () => {
    const [first, second] = recordsOf(2) as [ReturnType<typeof recordsOf>[0], ReturnType<typeof recordsOf>[0]];
    const upper = { ...second, recordHash: `0x${second.recordHash.slice(2).toUpperCase()}` };
    for (const chunks of [[[first], [second]], [[first, upper]]]) {
      const forged = forge(chunks as unknown as JsonValue[], plainRoot(2));
      expectCode("manifest-not-canonical", () => parseManifest({ ...forged, count: 2 }, forged.blocks));
    }
  });

  it("refuses one record twice, also when it is one chunk named twice", () => {
    const [first] = recordsOf(1);
    const chunk = asJson([first]);
    for (const chunks of [[asJson([first, first])], [chunk, chunk]]) {
      const forged = forge(chunks, plainRoot(2));
      expectCode("manifest-leaf-repeated", () => parseManifest({ ...forged, count: 2 }, forged.blocks));
    }
  });

  it("passes by blocks that belong to something else", () => {
    const more = new Map(blocks).set(`0x${"ab".repeat(32)}` as Hash, Uint8Array.of(1));
    expect(parseManifest(anchored, more)).to.have.length(count);
  });
});
