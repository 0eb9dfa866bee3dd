import { expect } from "chai";
import { base36 } from "multiformats/bases/base36";
import { CID } from "multiformats/cid";
import { cidOf, hashOfCid } from "../../../backend/domain/records/cid.ts";
import { recordHash } from "../../../backend/domain/records/recordHash.ts";
import type { Hash } from "../../../backend/domain/types.ts";
import { expectCode } from "./expectCode.ts";

const HASH = recordHash(new TextEncoder().encode("{}"));
const CID_TEXT = cidOf(HASH);

describe("cidOf and hashOfCid", () => {
  it("agree with multiformats on codec, hash and digest", () => {
    const cid = CID.parse(CID_TEXT);
    expect([cid.version, cid.code, cid.multihash.code]).to.deep.equal([1, 0x55, 0x12]);
    expect(`0x${Buffer.from(cid.multihash.digest).toString("hex")}`).to.equal(HASH);
    expect(hashOfCid(CID_TEXT)).to.equal(HASH);
  });

  it("know the sha-256 of the empty object", () => {
    expect(HASH).to.equal("0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" as Hash);
  });

  it("refuse other spellings of the same address", () => {
    const cid = CID.parse(CID_TEXT);
    expectCode("cid-unsupported", () => hashOfCid(CID_TEXT.toUpperCase()));
    expectCode("cid-unsupported", () => hashOfCid(cid.toString(base36.encoder)));
    expectCode("cid-unsupported", () => hashOfCid(`${CID_TEXT}=`));
    expectCode("cid-unsupported", () => hashOfCid(CID.createV1(0x70, cid.multihash).toString()));
    expectCode("cid-unsupported", () => hashOfCid(CID.createV0(cid.multihash as never).toString()));
  });

  it("refuse every single changed character, or give another hash", () => {
    for (const [position, character] of [...CID_TEXT].entries()) {
      const changed = CID_TEXT.slice(0, position) + (character === "a" ? "b" : "a") + CID_TEXT.slice(position + 1);
      let hash: string | undefined;
      try {
        hash = hashOfCid(changed);
      } catch (error) {
        expect(error).to.have.property("code", "cid-unsupported");
      }
      expect(hash).to.not.equal(HASH);
    }
  });
});
