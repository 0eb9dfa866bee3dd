import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { canonicalize } from "../../../backend/domain/records/canonicalJson.ts";
import { decodeDisclosure, digestOfDisclosure } from "../../../backend/domain/records/disclosureCodec.ts";
import { digestsWithin, discloseOnly, discloseWhere, reveal } from "../../../backend/domain/records/disclosures.ts";
import { formatJsonPath, type JsonPath } from "../../../backend/domain/records/jsonPath.ts";
import { withhold } from "../../../backend/domain/records/withhold.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import rfc9901 from "../../vectors/records/rfc9901-examples.json" with { type: "json" };
import { countingRandomBytes } from "./countingRandomBytes.ts";
import { expectCode } from "./expectCode.ts";

const CORRUPTED = new URL("../../vectors/records/disclosures/", import.meta.url);

const FIELDS: JsonObject = {
  type: "data/1",
  model: { mass: { value: "304", unit: "kg" }, name: "N", secret: "s" },
  parts: [{ code: "A", lot: { id: 1 } }, { code: "B" }],
  status: "original",
};
const PUBLIC = ["type", "model.mass", "model.name", "parts[*].code"];

describe("disclosures of RFC 9901", () => {
  for (const { disclosure, salt, name, value, digest } of rfc9901.cases) {
    it(`read ${JSON.stringify([salt, name, value])} and give the RFC's digest`, () => {
      expect(decodeDisclosure(disclosure)).to.deep.equal({ salt, name: name ?? undefined, value });
      expect(digestOfDisclosure(disclosure)).to.equal(digest);
    });
  }
});

describe("withhold", () => {
  it("shows the leaves that are listed, and nothing else", () => {
    const { record } = withhold(FIELDS, PUBLIC, countingRandomBytes());
    const { model, parts, ...others } = record as { model: JsonObject; parts: JsonObject[] };
    expect(model).to.include.keys("mass", "name", "_sd").and.not.have.property("secret");
    expect(parts.map(({ code }) => code)).to.deep.equal(["A", "B"]);
    expect(parts[0]).to.not.have.property("lot");
    expect(others).to.have.all.keys("type", "_sd", "_sd_alg");
  });

  it("withholds a listed name whose value has another shape than the list expects", () => {
    const fields = { type: { of: "data/1" }, model: "N", parts: "AB" };
    expect(withhold(fields, PUBLIC, countingRandomBytes()).record).to.have.all.keys("_sd", "_sd_alg");
    const odd = { model: { mass: { value: "304", unit: "kg", note: "private" } } };
    expect(withhold(odd, PUBLIC, countingRandomBytes()).record).to.have.all.keys("_sd", "_sd_alg");
    const starred = { parts: { "*": { code: "A" } } };
    expect(withhold(starred, PUBLIC, countingRandomBytes()).record).to.have.all.keys("_sd", "_sd_alg");
  });

  it("withholds a quantity as one, so that no number is shown without its unit", () => {
    const { disclosures, record } = withhold({ mass: { value: "1", unit: "kg" } }, [], countingRandomBytes());
    expect(disclosures).to.have.length(1);
    expect(reveal(record, disclosures).value).to.deep.equal({ mass: { value: "1", unit: "kg" } });
  });

  it("makes salts of 128 bits, each its own, and sorts the digests", () => {
    const { record, disclosures } = withhold(FIELDS, [], countingRandomBytes());
    const salts = disclosures.map((disclosure) => decodeDisclosure(disclosure).salt);
    expect(new Set(salts).size).to.equal(disclosures.length);
    for (const salt of salts) expect(Buffer.from(salt, "base64url")).to.have.length(16);
    expect(record._sd).to.deep.equal([...(record._sd as string[])].sort());
  });

  it("fills the digests with decoys to the next step", () => {
    const digests = (count: number, padTo: 16 | 32 | 64) => {
      const fields = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));
      const { record, disclosures } = withhold(fields, [], countingRandomBytes(), { padTo });
      expect(reveal(record, disclosures).value).to.deep.equal(fields);
      return (record._sd as string[]).length;
    };
    expect([digests(0, 16), digests(1, 16), digests(16, 16), digests(17, 16)]).to.deep.equal([16, 16, 16, 32]);
    expect([digests(3, 32), digests(33, 16), digests(65, 16), digests(5, 64)]).to.deep.equal([32, 64, 128, 64]);
  });

  it("fills the digests of every object in clear, also where it withholds nothing, and of none inside a disclosure", () => {
    const lists = (parts: JsonObject, padTo?: 16) => {
      const fields = { type: "t", model: { mass: "1", parts: { maker: "A" }, ...parts }, sealed: { a: 1, b: 2 } };
      const shown = ["type", "model.mass", "model.parts.maker"];
      const { record, disclosures } = withhold(fields, shown, countingRandomBytes(), padTo ? { padTo } : {});
      expect(reveal(record, disclosures).value).to.deep.equal(fields);
      const model = record.model as JsonObject & { _sd?: string[]; parts: { _sd?: string[] } };
      if (model._sd) expect(model._sd).to.deep.equal([...model._sd].sort());
      const sealed = disclosures.map((text) => decodeDisclosure(text)).find(({ name }) => name === "sealed")!;
      return [model._sd, model.parts._sd, (sealed.value as { _sd: string[] })._sd].map((list) => list?.length);
    };
    const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));
    expect([lists({}, 16), lists(members(1), 16), lists(members(8), 16)]).to.deep.equal(Array(3).fill([8, 8, 2]));
    expect([lists(members(9), 16), lists(members(1))]).to.deep.equal([
      [16, 8, 2],
      [1, undefined, 2],
    ]);
  });

  it("gives records of different content the same shape when padded", () => {
    const shape = (fields: JsonObject) => {
      const { record } = withhold({ type: "data/1", ...fields }, ["type"], countingRandomBytes(), { padTo: 16 });
      return canonicalize(record).replace(/"[A-Za-z0-9_-]{43}"/g, "D");
    };
    expect(shape({ kind: "accident", photos: ["a", "b", "c"] })).to.equal(shape({ kind: "test" }));
  });

  it("refuses fields with the names of RFC 9901, at any depth", () => {
    for (const name of ["_sd", "_sd_alg", "..."]) {
      for (const fields of [{ [name]: 1 }, { a: { [name]: 1 } }, { a: [{ [name]: 1 }] }]) {
        expectCode("field-name-reserved", () => withhold(fields, [], countingRandomBytes()));
      }
    }
  });

  it("refuses a random source that gives too little", () => {
    expectCode("random-bytes-short", () => withhold({ a: 1 }, [], () => new Uint8Array(8)));
  });
});

describe("reveal", () => {
  for (const file of readdirSync(CORRUPTED)) {
    const { fact, code, record, disclosures } = JSON.parse(readFileSync(new URL(file, CORRUPTED), "utf8"));
    it(`refuses ${fact}`, () => {
      expectCode(code, () => reveal(record, disclosures));
    });
  }

  it("never shows a disclosure's content in its errors", () => {
    const { disclosures } = withhold({ status: "protected" }, [], countingRandomBytes());
    const error = expectCode("disclosure-unknown", () => reveal({ _sd_alg: "sha-256" }, disclosures));
    expect(JSON.stringify([error.message, error.details])).to.not.include("protected");
    const broken = `${disclosures[0]}!`;
    const malformed = expectCode("disclosure-malformed", () => reveal({}, [broken]));
    expect(JSON.stringify([malformed.message, malformed.details])).to.not.include(
      (disclosures[0] as string).slice(0, 40),
    );
  });

  it("keeps a disclosed __proto__ as a member", () => {
    const fields = JSON.parse('{"__proto__":{"admin":true}}');
    const { record, disclosures } = withhold(fields, [], countingRandomBytes());
    const { value } = reveal(record, disclosures);
    expect(Object.hasOwn(value, "__proto__")).to.equal(true);
    expect((value as { admin?: unknown }).admin).to.equal(undefined);
  });

  it("names an element by the place that the author signed, also when others stay hidden", () => {
    const { record, disclosures } = withhold({ parts: ["a", "b", "c"] }, [], countingRandomBytes());
    const third = discloseOnly(disclosures, record, "parts[2]");
    const { value, disclosed } = reveal(record, third);
    expect(value).to.deep.equal({ parts: ["c"] });
    expect(disclosed.map(({ path }) => path)).to.deep.equal(["$.parts", "$.parts[2]"]);
  });
});

/** Fields whose every string is a marker that occurs nowhere by chance. */
const name = fc.constantFrom("type", "a", "b", "c", "__proto__", "constructor", "length");
const leaf = fc.oneof(
  fc.uuid(),
  fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }),
  fc.uuid().map((unit) => ({ value: "1", unit })),
);
const tree = fc.letrec<{ node: unknown; fields: JsonObject }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("node"), { maxLength: 4 }),
    tie("fields"),
  ),
  fields: fc
    .array(fc.tuple(name, tie("node")), { maxLength: 5 })
    .map((members) =>
      JSON.parse(`{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`),
    ),
})).fields;
const lists = fc.subarray(["type", "a", "b.c", "a.b", "c[*]", "c[*].a", "__proto__", "b[*].c", "constructor.a"]);

const leavesOf = (value: unknown): string[] => JSON.stringify(value).match(/[0-9a-f-]{36}|\b\d{10}\b/g) ?? [];

describe("withhold and reveal, over many documents", () => {
  it("give every field back", () => {
    fc.assert(
      fc.property(tree, lists, fc.constantFrom(undefined, 16 as const, 64 as const), (fields, list, padTo) => {
        const options = padTo === undefined ? {} : { padTo };
        const { record, disclosures } = withhold(fields, list, countingRandomBytes(), options);
        expect(canonicalize(reveal(record, disclosures).value)).to.equal(canonicalize(fields));
        expect(canonicalize(reveal(record, disclosures.toReversed()).value)).to.equal(canonicalize(fields));
      }),
      { numRuns: 200 },
    );
  });

  it("leave no withheld value in the public bytes", () => {
    fc.assert(
      fc.property(tree, lists, (fields, list) => {
        const { record, disclosures } = withhold(fields, list, countingRandomBytes());
        const shown = canonicalize(record);
        const inClear = new Set(leavesOf(reveal(record, []).value));
        for (const marker of leavesOf(disclosures.map((text) => decodeDisclosure(text).value))) {
          if (!inClear.has(marker)) expect(shown).to.not.include(marker);
        }
        const withheld = leavesOf(fields).length - leavesOf(record).length;
        const inDisclosures = leavesOf(disclosures.map((text) => decodeDisclosure(text).value)).length;
        expect(inDisclosures).to.equal(withheld);
        if (list.length === 0) expect(leavesOf(record)).to.deep.equal([]);
      }),
      { numRuns: 200 },
    );
  });

  it("prove any one field with the fewest disclosures, and show nothing beside it", () => {
    fc.assert(
      fc.property(tree, fc.nat(), (fields, pick) => {
        const { record, disclosures } = withhold(fields, [], countingRandomBytes());
        const { disclosed } = reveal(record, disclosures);
        const field = disclosed[pick % Math.max(disclosed.length, 1)];
        if (!field) return;
        const proof = discloseOnly(disclosures, record, field.path);
        const proven = reveal(record, proof).disclosed.find(({ path }) => path === field.path);
        expect(proven).to.deep.equal(field);
        expect(leavesOf(reveal(record, proof).value).sort()).to.deep.equal(leavesOf(field.value).sort());
        for (const left of proof) {
          const rest = proof.filter((text) => text !== left);
          const outcome = () => reveal(record, rest).disclosed.find(({ path }) => path === field.path)?.value;
          expect(canonicalOutcome(outcome)).to.not.equal(canonicalize(field.value));
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** What comes out without one disclosure of a proof: less, or an error. */
function canonicalOutcome(outcome: () => unknown): string {
  try {
    const value = outcome();
    return value === undefined ? "nothing" : canonicalize(value as JsonObject);
  } catch (error) {
    return (error as Error).name;
  }
}

describe("discloseOnly", () => {
  it("needs nothing for a field in clear, and the parents for a hidden one", () => {
    const { record, disclosures } = withhold(FIELDS, PUBLIC, countingRandomBytes());
    expect(discloseOnly(disclosures, record, "model.mass")).to.deep.equal([]);
    expect(discloseOnly(disclosures, record, "model.mass.value")).to.deep.equal([]);
    expect(discloseOnly(disclosures, record, "$.parts[0].lot.id")).to.have.length(2);
    expect(discloseOnly(disclosures, record, "$")).to.deep.equal(disclosures);
  });

  it("refuses a field that is not there", () => {
    const { record, disclosures } = withhold(FIELDS, PUBLIC, countingRandomBytes());
    for (const path of ["stateOfHealth", "parts[2]", "model.mass.price", "status.a"]) {
      expectCode("field-unknown", () => discloseOnly(disclosures, record, path));
    }
    expectCode("field-unknown", () => discloseOnly([], record, "status"));
  });
});

describe("discloseWhere", () => {
  const { record, disclosures } = withhold(FIELDS, PUBLIC, countingRandomBytes());
  const shown = (permits: (path: JsonPath) => boolean) =>
    reveal(record, discloseWhere(disclosures, record, permits)).disclosed.map(({ path }) => path);

  it("shows what is permitted with the parents that hide it, and no neighbour", () => {
    expect(shown((path) => formatJsonPath(path) === "$.parts[0].lot.id")).to.deep.equal(
      reveal(record, discloseOnly(disclosures, record, "$.parts[0].lot.id")).disclosed.map(({ path }) => path),
    );
    expect(shown(() => false)).to.deep.equal([]);
    expect(discloseWhere(disclosures, record, () => true)).to.deep.equal(disclosures);
  });

  it("shows no parent for its own sake, because a parent says which members there are", () => {
    expect(shown((path) => formatJsonPath(path) === "$.parts[0].lot")).to.deep.equal([]);
  });
});

describe("digestsWithin", () => {
  const { record, disclosures } = withhold(FIELDS, PUBLIC, countingRandomBytes());

  it("takes what stands inside along, so that the rest still proves itself", () => {
    const [lot] = discloseOnly(disclosures, record, "$.parts[0].lot.id");
    const gone = digestsWithin(disclosures, record, [digestOfDisclosure(lot as string)]);
    expect(gone.length).to.be.greaterThan(1);
    const rest = disclosures.filter((text) => !gone.includes(digestOfDisclosure(text)));
    expect(reveal(record, rest).disclosed).to.have.length(disclosures.length - gone.length);
    expect(() =>
      reveal(
        record,
        disclosures.filter((text) => text !== lot),
      ),
    ).to.throw();
  });

  it("keeps a digest that is not at hand: it may come later", () => {
    expect(digestsWithin([], record, ["x"])).to.deep.equal(["x"]);
  });
});
