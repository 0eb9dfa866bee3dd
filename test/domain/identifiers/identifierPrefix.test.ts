import { expect } from "chai";
import { type IdentifierPrefix, uidMatchesPrefixes } from "../../../backend/domain/identifiers/identifierPrefix.ts";
import { normaliseUid } from "../../../backend/domain/identifiers/uid.ts";
import vectors from "../../vectors/identifiers/prefixes.json" with { type: "json" };

describe("uidMatchesPrefixes", () => {
  for (const { fact, uid, scheme, prefix, covers } of vectors.cases) {
    it(`${covers ? "covers" : "does not cover"}: ${fact}`, () => {
      const candidate = { scheme, prefix } as IdentifierPrefix;
      expect(uidMatchesPrefixes(normaliseUid(uid), [candidate])).to.equal(covers);
    });
  }

  it("covers nothing by no prefix, and asks any of several", () => {
    const uid = normaliseUid("urn:example:pack:17");
    expect(uidMatchesPrefixes(uid, [])).to.equal(false);
    const prefixes: IdentifierPrefix[] = [
      { scheme: "gbt34014", prefix: "001" },
      { scheme: "urn", prefix: "urn:example" },
    ];
    expect(uidMatchesPrefixes(uid, prefixes)).to.equal(true);
  });
});
