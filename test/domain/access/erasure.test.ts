import { expect } from "chai";
import { hexlify, TypedDataEncoder } from "ethers";
import { ERASURE_TYPE, type Erasure, erasureDigest, isTimely } from "../../../backend/domain/access/erasure.ts";
import { domainSeparator } from "../../../backend/domain/eip712.ts";
import { digestOfDisclosure } from "../../../backend/domain/records/disclosureCodec.ts";
import type { Address, Hash } from "../../../backend/domain/types.ts";

const DOMAIN = { chainId: 31337, contract: `0x${"ba".repeat(20)}` as Address };
const ERASURE: Erasure = {
  participant: 7,
  recordHash: `0x${"11".repeat(32)}` as Hash,
  disclosures: ["a", "b", "c"].map(digestOfDisclosure).sort(),
  requestedAt: 1_800_000_000,
};
const digest = (change: Partial<Erasure> = {}) => erasureDigest(domainSeparator(DOMAIN), { ...ERASURE, ...change });

/** The same by ethers, from the type string. */
function digestByEthers(erasure: Erasure): string {
  const fields = ERASURE_TYPE.slice("Erasure(".length, -1).split(",");
  const types = { Erasure: fields.map((field) => ({ type: field.split(" ")[0]!, name: field.split(" ")[1]! })) };
  const domain = { name: "BatteryPassport", version: "1", chainId: 31337, verifyingContract: DOMAIN.contract };
  const disclosures = erasure.disclosures.map((text) => hexlify(Buffer.from(text, "base64url")));
  return TypedDataEncoder.hash(domain, types, { ...erasure, disclosures });
}

describe("an erasure", () => {
  it("has the digest that a wallet computes, with no, one and several disclosures", () => {
    for (const disclosures of [[], ERASURE.disclosures.slice(0, 1), ERASURE.disclosures]) {
      expect(digest({ disclosures })).to.equal(digestByEthers({ ...ERASURE, disclosures }));
    }
  });

  it("is another one when any field of it differs", () => {
    const changes: Partial<Erasure>[] = [
      {},
      { participant: 8 },
      { recordHash: `0x${"12".repeat(32)}` as Hash },
      { disclosures: [] },
      { disclosures: ERASURE.disclosures.slice(1) },
      { requestedAt: ERASURE.requestedAt + 1 },
    ];
    expect(new Set(changes.map(digest)).size).to.equal(changes.length);
  });

  it("is timely for a day, and for a clock that is a quarter of an hour ahead", () => {
    const at = (seconds: number) => isTimely(ERASURE, ERASURE.requestedAt + seconds);
    expect([at(-901), at(-900), at(86_399), at(86_400)]).to.deep.equal([false, true, true, false]);
  });
});
