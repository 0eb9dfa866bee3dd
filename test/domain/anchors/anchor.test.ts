import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { type TypedDataDomain, TypedDataEncoder } from "ethers";
import {
  ANCHOR_TYPE,
  type Anchor,
  anchorDigest,
  anchorRoot,
  nextAccumulator,
} from "../../../backend/domain/anchors/anchor.ts";
import {
  DATA_RECORD_TYPE,
  type DataRecord,
  dataRecordDigest,
  parseSignedDataRecord,
} from "../../../backend/domain/anchors/dataRecord.ts";
import { recordLeaf } from "../../../backend/domain/anchors/recordLeaf.ts";
import { anchorSigningForm, dataRecordSigningForm } from "../../../backend/domain/anchors/signingForm.ts";
import { ZERO_HASH } from "../../../backend/domain/bytes.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import type { SigningForm } from "../../../backend/domain/signingForm.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";
import { recordsOf } from "./leaves.ts";
import { leafHash, MTH } from "./referenceTree.ts";

const FOLDER = new URL("../../vectors/anchors/", import.meta.url);
const vectors = readdirSync(FOLDER).map((name) => ({
  name,
  vector: JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")),
}));

const byWallet = ({ domain, types, message }: SigningForm) =>
  TypedDataEncoder.hash(domain as TypedDataDomain, types as never, message);

describe("anchor vectors", () => {
  for (const { name, vector } of vectors) {
    const { domain, expected } = vector;
    const separator = domainSeparator(domain);

    if (vector.anchor === undefined) {
      it(`${name} hashes as on chain, and a wallet shown its form signs the same`, () => {
        const { signature, ...record } = parseSignedDataRecord({ ...vector.record, signature: vector.signature });
        expect(signature).to.equal(vector.signature);
        expect(DATA_RECORD_TYPE).to.equal(expected.type);
        expect(dataRecordDigest(separator, record)).to.equal(expected.digest);
        expect(recordLeaf(vector.publisher, expected.digest)).to.equal(expected.leaf);
        expect(byWallet(dataRecordSigningForm(domain, record))).to.equal(expected.digest);
        const signed = { ...record, signature } as DataRecord;
        expect(dataRecordSigningForm(domain, signed).message).to.deep.equal(record);
      });
      continue;
    }
    it(`${name} hashes as on chain, and a wallet shown its form signs the same`, () => {
      const { anchor } = vector;
      expect(ANCHOR_TYPE).to.equal(expected.type);
      expect(anchorDigest(separator, anchor)).to.equal(expected.digest);
      expect(nextAccumulator(anchor)).to.equal(expected.accumulator);
      expect(byWallet(anchorSigningForm(domain, anchor))).to.equal(expected.digest);
    });
  }
});

describe("anchor", () => {
  const separator = domainSeparator(vectors[0]!.vector.domain);

  it("has another accumulator and digest when any field is another", () => {
    const anchor: Anchor = {
      publisher: 6,
      root: `0x${"11".repeat(32)}` as Hash,
      count: 5,
      manifestHash: `0x${"22".repeat(32)}` as Hash,
      prevAccumulator: ZERO_HASH,
    };
    const other = `0x${"00".repeat(31)}01` as Hash;
    const changes = [
      { publisher: 7 },
      { root: other },
      { count: 4 },
      { manifestHash: other },
      { prevAccumulator: other },
    ];
    const all = [anchor, ...changes.map((change) => ({ ...anchor, ...change }))];
    expect(new Set(all.map(nextAccumulator))).to.have.property("size", 6);
    expect(new Set(all.map((one) => anchorDigest(separator, one)))).to.have.property("size", 6);
  });

  it("has the root of the recursive definition over its records' leaves", () => {
    const records = recordsOf(11);
    const publisher = 0xabcdef;
    const entries = records.map((record) =>
      Buffer.from(`abcdef${dataRecordDigest(separator, record).slice(2)}`, "hex"),
    );
    const root = `0x${Buffer.from(MTH(entries.map(leafHash))).toString("hex")}`;
    expect(anchorRoot(separator, publisher, records)).to.equal(root);
    expect(anchorRoot(separator, publisher - 1, records)).to.not.equal(root);
    expect(anchorRoot(separator, publisher, records.toReversed())).to.not.equal(root);
  });
});

describe("parseSignedDataRecord", () => {
  const record = recordsOf(1)[0]!;

  it("reads what it is given and folds upper-case hex", () => {
    expect(parseSignedDataRecord(record)).to.deep.equal(record);
    const upper = { ...record, recordHash: `0x${record.recordHash.slice(2).toUpperCase()}` };
    expect(parseSignedDataRecord(upper)).to.deep.equal(record);
  });

  it("refuses every field that is missing, unknown or not of its form, by name", () => {
    const malformed: [string, object][] = [
      ["author", { author: 0 }],
      ["author", { author: 2 ** 24 }],
      ["author", { author: "3" }],
      ["occurredAt", { occurredAt: -1 }],
      ["occurredAt", { occurredAt: 2 ** 40 }],
      ["occurredAt", { occurredAt: 1.5 }],
      ["signature", { signature: "0x" }],
    ];
    for (const [field, change] of malformed) {
      const error = expectCode("data-record-malformed", () => parseSignedDataRecord({ ...record, ...change }));
      expect(error.details.field).to.equal(`dataRecord.${field}`);
    }
    for (const change of [
      { subjectId: `${record.subjectId}00` },
      { recordHash: record.recordHash.slice(2) },
      { signature: `0x${"00".repeat(4097)}` },
      { signature: undefined },
      { recordHash: undefined },
    ]) {
      expectCode("hex-malformed", () => parseSignedDataRecord({ ...record, ...change }));
    }
    expectCode("data-record-malformed", () => parseSignedDataRecord({ ...record, type: "inspection" }));
    for (const value of [null, [record], "record", undefined]) {
      expectCode("data-record-malformed", () => parseSignedDataRecord(value));
    }
  });
});
