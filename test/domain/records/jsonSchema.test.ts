import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import fc from "fast-check";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import { DATA_KINDS, type DataKind, specOfKind } from "../../../backend/domain/records/dataKinds.ts";
import { checkTree, fieldTreeOf } from "../../../backend/domain/records/fieldTree.ts";
import { jsonSchemaOf } from "../../../backend/domain/records/jsonSchema.ts";
import { RECORD_TYPES, type RecordType, specOf } from "../../../backend/domain/records/recordTypes.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { DATA_SAMPLES, TYPE_SAMPLES } from "./sampleFields.ts";

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
type Case = { readonly name: string; readonly type: RecordType; readonly kind?: DataKind; readonly sample: JsonObject };
const CASES: readonly Case[] = [
  ...(Object.entries(TYPE_SAMPLES) as [RecordType, JsonObject][]).map(([type, sample]) => ({
    name: type,
    type,
    sample: { ...sample, type },
  })),
  ...(Object.entries(DATA_SAMPLES) as [DataKind, JsonObject][]).map(([kind, sample]) => ({
    name: kind,
    type: "data/1" as const,
    kind,
    sample: { ...sample, type: "data/1" },
  })),
];

/** Rules that no schema can say: check digits, calendars, and spellings. */
const BEYOND_SCHEMAS = new Set(["date", "time", "uid", "battery-code", "cid", "cas", "organisation-code", "json-path"]);

type Holder = Record<string | number, JsonValue>;

/** Every place of a document, as the object or list that holds it and the name in it. */
function placesOf(value: JsonValue): [Holder, string | number][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as unknown as Holder;
  const names: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return names.flatMap((name) => [[holder, name] as [Holder, string | number], ...placesOf(holder[name] ?? null)]);
}

const junk: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  fc.constantFrom<JsonValue | undefined>(undefined, null, "", " ", "x", 0, -1, 1.5, 2 ** 53, true, [], {}, ["x"], [1]),
  fc.constantFrom<JsonValue>("2026-02-30", "1e3", "0x12", "01", { value: 1, unit: "kg" }, { value: "1", unit: "lb" }),
  fc.constantFrom<JsonValue>(
    { value: "1", unit: "CNY" },
    { value: "1" },
    { unit: "kg" },
    { value: "1", unit: "%", a: 1 },
  ),
);

describe("the JSON Schemas of records", () => {
  for (const { name, type, kind, sample } of CASES) {
    const validate = ajv.compile(jsonSchemaOf(type, kind));
    const tree = fieldTreeOf({ ...specOf(type).fields, ...(kind === undefined ? {} : specOfKind(kind).fields) });
    /** Rules that listed fields break: what holds between fields, and in fields that nobody lists, is beyond a schema. */
    const listedProblems = (fields: JsonObject): string[] => {
      const rules: string[] = [];
      checkTree(tree, fields, [], (_path, found) => rules.push(...(found ? [found.rule] : [])));
      return rules;
    };

    it(`take the sample of ${name}`, () => {
      expect(validate(sample), JSON.stringify(validate.errors)).to.equal(true);
    });

    it(`agree with the check about damage to ${name}: never stricter, and never silent about a rule they can say`, () => {
      fc.assert(
        fc.property(fc.nat(), junk, (pick, value) => {
          const damaged = structuredClone(sample) as JsonObject;
          const places = placesOf(damaged);
          const [holder, step] = places[pick % places.length]!;
          // Without its kind a data record is one that withholds it: nothing is judged.
          fc.pre(step !== "kind");
          if (value !== undefined) holder[step] = value;
          else if (Array.isArray(holder)) holder.splice(Number(step), 1);
          else delete holder[step];
          const problems = checkRecordFields(type, damaged);
          const said = listedProblems(damaged).filter((rule) => !BEYOND_SCHEMAS.has(rule));
          const isValid = validate(damaged);
          const context = `${String(step)} = ${JSON.stringify(value)}: ${JSON.stringify({ problems, errors: validate.errors })}`;
          if (!isValid) expect(problems, context).to.not.deep.equal([]);
          if (isValid) expect(said, context).to.deep.equal([]);
          for (const { path, message } of problems) {
            expect(path, context).to.match(/^\$/);
            expect(message, context).to.match(/\.$/);
          }
        }),
        { numRuns: 150 },
      );
    });
  }

  it("exist for every type and every kind", () => {
    for (const type of Object.keys(RECORD_TYPES) as RecordType[]) ajv.compile(jsonSchemaOf(type));
    for (const kind of Object.keys(DATA_KINDS) as DataKind[]) ajv.compile(jsonSchemaOf("data/1", kind));
  });

  it("mark what is public, and nothing else", () => {
    const schema = JSON.stringify(jsonSchemaOf("mint/2"));
    expect(schema).to.include('"$comment":"public"');
    expect(JSON.stringify(jsonSchemaOf("data/1", "legal-status")).match(/"\$comment"/g)).to.have.length(1);
  });
});
