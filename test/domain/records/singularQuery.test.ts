import { expect } from "chai";
import fc from "fast-check";
import { formatJsonPath } from "../../../backend/domain/records/jsonPath.ts";
import { parseSingularQuery, valueAt } from "../../../backend/domain/records/singularQuery.ts";
import type { JsonValue } from "../../../backend/domain/types.ts";
import vectors from "../../vectors/records/singular-queries.json" with { type: "json" };
import { expectCode } from "./expectCode.ts";

describe("parseSingularQuery", () => {
  for (const { query, path } of vectors.read) {
    it(`reads ${query}`, () => expect(parseSingularQuery(query)).to.deep.equal(path));
  }

  for (const { fact, query } of vectors.severalPlaces) {
    it(`says that ${fact} may name several places: ${query}`, () => {
      expectCode("json-path-not-singular", () => parseSingularQuery(query));
    });
  }

  for (const { fact, query, at } of vectors.refused) {
    it(`refuses ${fact}: ${JSON.stringify(query)}`, () => {
      expect(expectCode("json-path-malformed", () => parseSingularQuery(query)).details.at).to.equal(at);
    });
  }

  it("reads back every path that this project writes", () => {
    const step = fc.oneof(
      fc.nat(),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("a'b", "a\\b", "*", "", "0", "a.b"),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (path) => {
        fc.pre(path.every((one) => typeof one === "number" || !/\p{Cc}/u.test(one)));
        expect(parseSingularQuery(formatJsonPath(path))).to.deep.equal(path);
      }),
      { numRuns: 200 },
    );
  });

  it("either refuses with one of its two codes or reads, whatever the text", () => {
    const piece = fc.constantFrom("$", ".", "[", "]", "'", '"', "\\", "u00e9", "a", "0", "-1", "*", "?", ":", ",", " ");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseSingularQuery(`$${pieces.join("")}`);
        } catch (error) {
          expect((error as { code: string }).code).to.match(/^json-path-(malformed|not-singular)$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("valueAt", () => {
  const document: JsonValue = { a: { "b.c": [1, [2, 3]], length: null }, "": 7 };

  for (const [query, value] of [
    ["$", document],
    ["$['']", 7],
    ["$.a['b.c'][0]", 1],
    ["$.a['b.c'][-1][-2]", 2],
    ["$.a.length", null],
  ] as const) {
    it(`finds ${JSON.stringify(value)} at ${query}`, () => {
      expect(valueAt(document, parseSingularQuery(query))).to.deep.equal(value);
    });
  }

  for (const query of ["$.b", "$.a['b.c'][2]", "$.a['b.c'][-3]", "$[0]", "$.a['b.c'].length", "$.a['b.c']['0']"]) {
    it(`finds nothing at ${query}`, () => expect(valueAt(document, parseSingularQuery(query))).to.equal(undefined));
  }

  it("finds nothing that the language adds to objects", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(valueAt(document, [name]), name).to.equal(undefined);
      expect(valueAt(document, ["a", "b.c", name]), name).to.equal(undefined);
    }
  });
});
