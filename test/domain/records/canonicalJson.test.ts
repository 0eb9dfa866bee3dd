import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { canonicalBytes, canonicalize, parseCanonicalJson } from "../../../backend/domain/records/canonicalJson.ts";
import { parseJsonStrict } from "../../../backend/domain/records/jsonText.ts";
import type { JsonValue } from "../../../backend/domain/types.ts";
import documents from "../../vectors/records/rfc8785-documents.json" with { type: "json" };
import numbers from "../../vectors/records/rfc8785-numbers.json" with { type: "json" };
import { expectCode } from "./expectCode.ts";

const REFUSED = new URL("../../vectors/records/refused/", import.meta.url);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Any JSON value, with names and strings that have once broken somebody's parser. */
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }).filter((value) => {
  const text = JSON.stringify(value);
  return !text.includes("\\u0000") && !/\\ud[89a-f]/.test(text);
}) as fc.Arbitrary<JsonValue>;

describe("canonicalize", () => {
  for (const { fact, text, utf8 } of documents.cases) {
    it(`writes ${fact} (RFC 8785)`, () => {
      expect(Buffer.from(canonicalBytes(parseJsonStrict(text))).toString("hex")).to.equal(utf8);
    });
  }

  for (const { ieee754, text } of numbers.cases) {
    const value = Buffer.from(ieee754, "hex").readDoubleBE();
    it(`writes ${ieee754} as ${text ?? "an error"} (RFC 8785, appendix B)`, () => {
      if (text === null) expectCode("json-value-unsupported", () => canonicalize(value));
      else expect(canonicalize(value)).to.equal(text);
    });
  }

  it("refuses what has no JSON form, and says where it stands", () => {
    for (const value of [undefined, 1n, () => 1, Symbol("a"), new Date(0), new Map(), Number.POSITIVE_INFINITY]) {
      const error = expectCode("json-value-unsupported", () => canonicalize({ a: [{ "b c": value }] } as never));
      expect(error.details.path).to.equal("$.a[0]['b c']");
    }
    const sparse: JsonValue[] = [];
    sparse[1] = 1;
    expectCode("json-value-unsupported", () => canonicalize(sparse));
  });

  it("refuses lone surrogates and NUL, in values and names", () => {
    expectCode("json-lone-surrogate", () => canonicalize(["\ud800"]));
    expectCode("json-lone-surrogate", () => canonicalize({ "\udc00a": 1 }));
    expectCode("json-nul-character", () => canonicalize({ a: "b\u0000" }));
    expectCode("json-nul-character", () => canonicalize({ "\u0000": 1 }));
    expect(canonicalize("\ud83d\ude00")).to.equal('"\ud83d\ude00"');
  });

  it("refuses a value that contains itself, and 65 levels, and writes 64", () => {
    const loop: Record<string, JsonValue> = {};
    loop.self = loop;
    expectCode("json-too-deep", () => canonicalize(loop));
    const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expectCode("json-too-deep", () => canonicalize(nested(65)));
    expect(canonicalize(nested(64))).to.have.length(128);
  });

  it("does not call toJSON of data that has such a name", () => {
    expect(canonicalize({ toJSON: "x" })).to.equal('{"toJSON":"x"}');
  });
});

describe("parseCanonicalJson", () => {
  for (const file of readdirSync(REFUSED)) {
    const { fact, code, utf8 } = JSON.parse(readFileSync(new URL(file, REFUSED), "utf8"));
    it(`refuses ${fact}`, () => {
      expectCode(code, () => parseCanonicalJson(Uint8Array.from(Buffer.from(utf8, "hex"))));
    });
  }

  it("reads the bytes of every value back as that value", () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalBytes(value);
        const read = parseCanonicalJson(bytes);
        expect(canonicalize(read)).to.equal(canonicalize(value));
        expect(JSON.parse(Buffer.from(bytes).toString("utf8"))).to.deep.equal(read);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses the bytes with one bit flipped, or reads another value", () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.nat(7), (value, place, bit) => {
        const bytes = canonicalBytes(value);
        const index = place % bytes.length;
        bytes[index] = (bytes[index] as number) ^ (1 << bit);
        let read: JsonValue;
        try {
          read = parseCanonicalJson(bytes);
        } catch (error) {
          expect((error as Error).name).to.equal("DomainError");
          return;
        }
        expect(canonicalize(read)).to.not.equal(canonicalize(value));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps __proto__ as a member and leaves the prototype alone", () => {
    const read = parseCanonicalJson(bytesOf('{"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(Object.hasOwn(read, "__proto__")).to.equal(true);
    expect(read.admin).to.equal(undefined);
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
  });

  it("refuses one byte more than allowed", () => {
    expect(parseCanonicalJson(bytesOf('"abc"'), 5)).to.equal("abc");
    const error = expectCode("record-too-large", () => parseCanonicalJson(bytesOf('"abcd"'), 5));
    expect(error.details).to.deep.equal({ bytes: 6, maxBytes: 5 });
    expectCode("record-too-large", () => parseCanonicalJson(new Uint8Array(1_048_577)));
  });
});

describe("parseJsonStrict", () => {
  it("reads what JSON.parse reads, with any white space", () => {
    fc.assert(
      fc.property(json, fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJsonStrict(text)).to.deep.equal(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses whatever JSON.parse refuses", () => {
    const noise = fc.array(fc.constantFrom(...'{}[]:,"\\0123456789-+.eE ntfrue\n', "null", "true", '"a"'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(noise, (pieces) => {
        const text = pieces.join("");
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        if (!accepted)
          expect(() => parseJsonStrict(text))
            .to.throw()
            .with.property("name", "DomainError");
      }),
      { numRuns: 2000 },
    );
  });

  it("reads 64 levels and refuses 65, in objects and arrays", () => {
    const arrays = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    for (const nested of [arrays, objects]) {
      expect(JSON.stringify(parseJsonStrict(nested(64)))).to.equal(nested(64));
      expectCode("json-too-deep", () => parseJsonStrict(nested(65)));
    }
  });

  it("says where a name stands twice", () => {
    const error = expectCode("json-duplicate-key", () => parseJsonStrict('{"a": [1, {"b": 1, "b": 2}]}'));
    expect(error.details).to.include({ path: "$.a[1].b" });
  });
});
