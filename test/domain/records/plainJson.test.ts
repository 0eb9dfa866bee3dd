import { expect } from "chai";
import fc from "fast-check";
import { DomainError } from "../../../backend/domain/errors.ts";
import { MAX_JSON_DEPTH, parseJsonStrict, readJson } from "../../../backend/domain/records/jsonText.ts";
import { parsePlainJson } from "../../../backend/domain/records/plainJson.ts";

/** What a reader makes of a text: a value, or an error's code and place. */
function outcomeOf(read: (text: string) => unknown, text: string): unknown {
  try {
    return { value: read(text) };
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, details: error.details };
    throw error;
  }
}

describe("parsePlainJson", () => {
  it("leaves parseJsonStrict as it is without it, for JSON and for what nearly is", () => {
    const names = fc.constantFrom("__proto__", "constructor", "a", "10", "9", "");
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 6 },
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.string({ unit: "binary" }),
        fc.array(tie("json"), { maxLength: 4 }),
        fc.dictionary(names, tie("json"), { maxKeys: 4 }),
      ),
    }));
    const edit = fc.record({
      at: fc.nat(),
      put: fc.constantFrom("", " ", ",", '"', "\\", "\\u0000", "1e400", "-0", '"a":1,'),
    });
    fc.assert(
      fc.property(json, fc.option(edit), (value, change) => {
        const text = JSON.stringify(value) ?? "null";
        const at = change === null ? 0 : change.at % (text.length + 1);
        const changed = change === null ? text : text.slice(0, at) + change.put + text.slice(at);
        expect(outcomeOf(parseJsonStrict, changed)).to.deep.equal(outcomeOf(readJson, changed));
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes compact JSON, whatever its names", () => {
    for (const text of ['{"b":1,"a":[true,null,"ä电\\n"]}', '{"__proto__":{"x":1}}', "[]", '"x"', "0.1"]) {
      expect(JSON.stringify(parsePlainJson(text, 64))).to.equal(text);
    }
  });

  it("leaves to the other reader what two readers could understand differently", () => {
    const deep = "[".repeat(MAX_JSON_DEPTH + 1) + "]".repeat(MAX_JSON_DEPTH + 1);
    const refused = ['{"a":1,"a":1}', '{"a":1,"b":2,"a":3}', '"\\u0000"', '"\\ud800"', "1e400", deep, '{"a":1', "-0"];
    const otherwise = ["1.0", ' {"a":1}', '"\\u0041"', '"\\/"', '{"2":1,"1":2}', "12345678901234567890"];
    for (const text of [...refused, ...otherwise]) {
      expect(parsePlainJson(text, MAX_JSON_DEPTH), text).to.equal(undefined);
    }
    expect(parsePlainJson(deep.slice(1, -1), MAX_JSON_DEPTH)).to.be.an("array");
    expect(parsePlainJson("[".repeat(100_000) + "]".repeat(100_000), MAX_JSON_DEPTH)).to.equal(undefined);
  });
});
