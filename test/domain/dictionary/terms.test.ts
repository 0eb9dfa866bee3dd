import { expect } from "chai";
import { publicTerms } from "../../../backend/domain/dictionary/terms.ts";
import { publicPathsOf } from "../../../backend/domain/records/recordTypes.ts";

describe("publicTerms", () => {
  it("explain every public field of a mint record and nothing that is withheld", () => {
    const paths = publicTerms().map(({ path }) => path);
    for (const field of publicPathsOf("mint/1")) {
      const path = field.replaceAll("[*]", "");
      if (!["type", "subject", "uid"].includes(path)) expect(paths).to.include(path);
    }
    expect(paths).to.deep.equal([...new Set(paths)].sort());
    expect(paths.filter((path) => /status|health|_sd/i.test(path))).to.deep.equal([]);
  });

  it("name the units of quantities, and none of texts", () => {
    const terms = new Map(publicTerms().map((term) => [term.path, term]));
    expect(terms.get("model.mass")).to.deep.equal({ path: "model.mass", rule: "mass", units: ["kg", "g", "t"] });
    expect(terms.get("model.markings")).to.deep.equal({ path: "model.markings", rule: "text" });
  });
});
