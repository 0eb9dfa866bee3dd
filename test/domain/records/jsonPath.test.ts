import { expect } from "chai";
import fc from "fast-check";
import { formatJsonPath, parseJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import { expectCode } from "./expectCode.ts";

describe("formatJsonPath and parseJsonPath", () => {
  it("write JSONPath and read it back, whatever the names", () => {
    const step = fc.oneof(fc.nat(), fc.string({ unit: "binary" }), fc.constantFrom("a'b", "a\\b", "*", "", "0", "a.b"));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (path) => {
        expect(parseJsonPath(formatJsonPath(path))).to.deep.equal(path);
      }),
      { numRuns: 300 },
    );
  });

  it("read a path as people type it", () => {
    expect(parseJsonPath("model.cells[3].lot")).to.deep.equal(["model", "cells", 3, "lot"]);
    expect(parseJsonPath("$.model['odd name']")).to.deep.equal(["model", "odd name"]);
  });

  it("refuse what is no path", () => {
    for (const text of ["a..b", "a.", ".a.b.", "a[b]", "a['b]", "a[-1]", "a[1", "a b"]) {
      expectCode("json-path-malformed", () => parseJsonPath(text));
    }
  });
});
