import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { checkShape } from "../../../backend/domain/documents/checkShape.ts";
import { decodeDocument } from "../../../backend/domain/documents/decodeDocument.ts";
import { DOCUMENT_MODELS } from "../../../backend/domain/documents/models.ts";
import { readDocument } from "../../../backend/domain/documents/readDocument.ts";
import { isDateTime, isUri } from "../../../backend/domain/documents/textForms.ts";
import { parseJsonStrict } from "../../../backend/domain/records/jsonText.ts";
import type { JsonValue } from "../../../backend/domain/types.ts";
import { hasInterop, repaired, SAMPLES, type Sample } from "./interop.ts";
import { mutationsOf, systematicMutationsOf } from "./mutations.ts";

const MUTATIONS_A_MODEL = 2500;

// Both packages are CommonJS; their types put the function one level deeper than Node does.
const newAjv = () => {
  const ajv = new (Ajv as unknown as typeof Ajv.default)({ strict: false, allErrors: false });
  (addFormats as unknown as typeof addFormats.default)(ajv as never);
  return ajv;
};

/** One of the published schemas holds bytes that are no UTF-8, in a description. */
const schemaText = (bytes: Uint8Array) =>
  new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-8").decode(bytes).replace(/^\ufeff/, "");

const publisherOf = ({ schema }: Sample) => {
  const parsed = JSON.parse(schemaText(schema()));
  delete parsed.$schema;
  return newAjv().compile(parsed);
};

const parse = (sample: Sample) => parseJsonStrict(decodeDocument(sample.bytes()));

/** One sample is invalid as published; mutations of it would all be. */
const validDocument = ({ model, bytes }: Sample) =>
  parseJsonStrict(decodeDocument(model.endsWith("MaterialComposition") ? repaired(bytes()) : bytes()));

/** Every word that the schema lists, and every bound with its neighbours. */
function wordsAndBounds(schema: unknown): (string | number)[] {
  const found = new Set<string | number>();
  JSON.stringify(schema, (name, value) => {
    if (name === "enum" && Array.isArray(value)) for (const word of value) found.add(word);
    if (/^(?:min|max)imum$/.test(name) && typeof value === "number") {
      for (const near of [value - 0.001, value, value + 0.001]) found.add(near);
    }
    return value;
  });
  return [...found];
}

/** Counts the verdicts, and fails on the first that differs. */
function compare(sample: Sample, mutations: Iterable<{ value: unknown; what: string }>) {
  const accepts = publisherOf(sample);
  const verdicts = { valid: 0, invalid: 0 };
  for (const { value, what } of mutations) {
    const problems = checkShape(DOCUMENT_MODELS[sample.model], value as JsonValue);
    const accepted = accepts(value);
    if ((problems.length === 0) !== accepted) {
      throw new Error(`${what}: ours ${JSON.stringify(problems)}, publisher's ${JSON.stringify(accepts.errors)}`);
    }
    verdicts[accepted ? "valid" : "invalid"]++;
  }
  return verdicts;
}

describe("our verdict on a partner's document", () => {
  before(function () {
    if (!hasInterop) this.skip();
  });

  for (const sample of SAMPLES) {
    it(`agrees with the publisher's schema on the sample of ${sample.model}`, () => {
      const { model, problems } = readDocument(sample.bytes());
      expect(model).to.equal(sample.model);
      expect(problems.length === 0).to.equal(publisherOf(sample)(parse(sample)));
    });

    it(`agrees with it on ${MUTATIONS_A_MODEL} mutations of ${sample.model}`, function () {
      this.timeout(60_000);
      const verdicts = compare(sample, mutationsOf(validDocument(sample), MUTATIONS_A_MODEL, 20261121));
      expect(verdicts.valid).to.be.above(50);
      expect(verdicts.invalid).to.be.above(50);
    });

    it(`agrees with it on every member, word and bound of ${sample.model}`, function () {
      this.timeout(60_000);
      const values = wordsAndBounds(JSON.parse(schemaText(sample.schema())));
      const verdicts = compare(sample, systematicMutationsOf(validDocument(sample), values));
      expect(verdicts.invalid).to.be.above(5);
    });
  }

  it("names path and rule of the sample that breaks its own schema", () => {
    const sample = SAMPLES.find(({ model }) => model.endsWith("MaterialComposition")) as Sample;
    const [problem, ...others] = readDocument(sample.bytes()).problems;
    expect(problem).to.include({ path: "$.batteryMaterials[0].batteryMaterialIdentifier", rule: "pattern" });
    expect(others).to.deep.equal([]);
  });
});

describe("forms of text", () => {
  const formats: readonly (readonly [string, (text: string) => boolean, readonly string[]])[] = [
    [
      "uri",
      isUri,
      [
        ..."http://a|telnet://192.0.2.16:80/|urn:a:b|a:|a:b|http://[::1]/|http://[1::2::3]/|http://[v1.a]/".split("|"),
        ..."http://[::ffff:1.2.3.4]:8/x|http://[1:2:3:4:5:6:7:8]|http://[1:2]/|http://a b|http://a/%zz|/a|a/b".split(
          "|",
        ),
        ...`http://a/"|http://a?"|mailto:x@y.z|1a:b|http://a#b#c|http:///x|http:/x|ftp://u:p@h:1/p;x?q#f|`.split("|"),
        ..."http://é/|http://[]/|http://[::]|http://a:b/|HTTP://A|x://y/{z}|a:[b]|http://[fe80::1%25]/".split("|"),
      ],
    ],
    [
      "date-time",
      isDateTime,
      [
        ..."2025-06-17T11:14:27.698+02:00|2025-06-17T11:14:27Z|2025-06-17t11:14:27z|2025-06-17 11:14:27Z".split("|"),
        ..."2025-02-29T00:00:00Z|2024-02-29T00:00:00Z|2025-06-17T24:00:00Z|2025-06-17T11:14:27|2025-06-17".split("|"),
        ..."2016-12-31T23:59:60Z|2016-12-31T22:59:60Z|2017-01-01T08:59:60+09:00|2025-06-17T11:60:00Z|".split("|"),
        ..."2016-12-31T15:59:60-08:00|2025-06-17T11:14:27+0200|2025-06-17T11:14:27+02|2025-06-17T11:14:27+24:00".split(
          "|",
        ),
        ..."2025-13-17T11:14:27Z|2025-00-01T00:00:00Z|2025-6-17T11:14:27Z|2025-06-17TT11:14:27Z|x".split("|"),
      ],
    ],
  ];
  for (const [format, ours, texts] of formats) {
    it(`are read as ajv reads ${format}`, () => {
      const accepts = newAjv().compile({ type: "string", format });
      for (const text of texts) expect(ours(text), text).to.equal(accepts(text));
    });
  }
});
