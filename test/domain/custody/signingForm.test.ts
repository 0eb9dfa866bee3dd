import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { type TypedDataDomain, TypedDataEncoder } from "ethers";
import { custodySigningForm } from "../../../backend/domain/custody/signingForm.ts";

const FOLDER = new URL("../../vectors/custody/", import.meta.url);
const vectors = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

describe("custodySigningForm", () => {
  for (const name of vectors) {
    it(`shows a wallet of ${name} what hashes to its digest`, () => {
      const { domain, event, expected } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
      const form = custodySigningForm(domain, event);
      const { types, message } = form;
      expect(TypedDataEncoder.hash(form.domain as TypedDataDomain, types as never, message)).to.equal(expected.digest);
      expect(Object.keys(types)[0]).to.equal(form.primaryType);
    });
  }

  it("is tried on every kind", () => {
    const kinds = vectors.map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")).event.kind);
    expect(new Set(kinds)).to.have.property("size", 7);
  });
});
