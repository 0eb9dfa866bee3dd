import { expect } from "chai";
import { keccak256, toUtf8Bytes } from "ethers";
import fc from "fast-check";
import { dppIdOf, parseDppId } from "../../../backend/domain/identifiers/dppId.ts";
import { isPassportId, issuerOf, passportIdOf } from "../../../backend/domain/identifiers/passportId.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import type { Address, PassportId } from "../../../backend/domain/types.ts";
import vectors from "../../vectors/identifiers/passport-ids.json" with { type: "json" };
import { expectCode } from "../records/expectCode.ts";

const CONTRACT = "0x5fbdb2315678afecb367f032d93f642f64180aa3" as Address;

describe("passportIdOf", () => {
  for (const { issuer, uid, passportId, tokenId } of vectors.cases) {
    it(`derives ${passportId} for issuer ${issuer} and ${uid}`, () => {
      const derived = passportIdOf(issuer, normaliseUid(uid));
      expect(derived).to.equal(passportId);
      expect(BigInt(derived).toString()).to.equal(tokenId);
      expect(issuerOf(derived)).to.equal(issuer);
      expect(derived.slice(8)).to.equal(keccak256(toUtf8Bytes(uid)).slice(2, 36));
    });
  }

  it("refuses issuers that no participant can be", () => {
    const uid = normaliseUid("urn:example:17");
    for (const issuer of [0, -1, 1.5, 2 ** 24, Number.NaN]) {
      expectCode("participant-id-invalid", () => passportIdOf(issuer, uid));
    }
  });
});

describe("isPassportId", () => {
  it("accepts one spelling only", () => {
    const id = `0x${"ab".repeat(20)}`;
    expect(isPassportId(id)).to.equal(true);
    for (const other of [id.toUpperCase(), id.slice(2), `${id}0`, id.slice(0, -1), `${id}\n`, 17, null]) {
      expect(isPassportId(other)).to.equal(false);
    }
  });
});

describe("dppIdOf and parseDppId", () => {
  it("name chain, contract and token in one URI and read it back", () => {
    const id = fc.bigInt({ min: 0n, max: 2n ** 160n - 1n });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), id, (chainId, token) => {
        const passportId = `0x${token.toString(16).padStart(40, "0")}` as PassportId;
        const dppId = dppIdOf({ chainId, contract: CONTRACT }, passportId);
        expect(dppId).to.equal(`eip155:${chainId}/erc721:${CONTRACT}/${token}`);
        expect(parseDppId(dppId)).to.deep.equal({ passportId, contract: { chainId, contract: CONTRACT } });
      }),
    );
  });

  it("read the bare form, without a contract", () => {
    const passportId = passportIdOf(7, normaliseUid("urn:example:17"));
    expect(parseDppId(passportId)).to.deep.equal({ passportId, contract: undefined });
  });

  it("fold the contract's checksum case", () => {
    const text = "eip155:1/erc721:0x5FbDB2315678afecb367f032d93F642f64180aa3/1";
    expect(parseDppId(text).contract?.contract).to.equal(CONTRACT);
  });

  it("refuse every other text", () => {
    const tooLarge = (2n ** 160n).toString();
    for (const text of [
      "",
      "0x",
      `eip155:1/erc721:${CONTRACT}/${tooLarge}`,
      `eip155:1/erc721:${CONTRACT}/01`,
      `eip155:01/erc721:${CONTRACT}/1`,
      `eip155:0/erc721:${CONTRACT}/1`,
      `eip155:9007199254740993/erc721:${CONTRACT}/1`,
      `eip155:1/erc1155:${CONTRACT}/1`,
      `eip155:1/erc721:${CONTRACT}/0x1`,
      `EIP155:1/erc721:${CONTRACT}/1`,
      `eip155:1/erc721:${CONTRACT}/1/`,
    ]) {
      expectCode("dpp-id-malformed", () => parseDppId(text));
    }
  });
});
