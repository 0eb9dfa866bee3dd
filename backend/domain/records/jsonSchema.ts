import { DECIMAL_FORM, MAX_DECIMAL_LENGTH } from "../decimal.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { type DataKind, specOfKind } from "./dataKinds.ts";
import { CHECKS, type Check, type FieldRule, isQuantityRule } from "./fieldRules.ts";
import { type FieldNode, fieldTreeOf } from "./fieldTree.ts";
import { CURRENCY, EXACT_UNITS, UNITS } from "./quantities.ts";
import { type RecordType, specOf } from "./recordTypes.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const BEYOND =
  "The full fields of a record, withheld ones included, before they are split into what everybody reads and what is " +
  "disclosed. Fields that are not listed are allowed, and withheld. Check digits, dates that do not exist and what must " +
  "hold between fields are beyond a schema: whoever accepts a record checks them, too.";

/**
 * The JSON Schema (2020-12) of a record type's fields, and for `data/1` of a kind's. Written from the same table as
 * `checkRecordFields`, of which it is never the stricter one.
 */
export function jsonSchemaOf(type: RecordType, kind?: DataKind): JsonObject {
  const fields = { ...specOf(type).fields, ...(kind === undefined ? {} : specOfKind(kind).fields) };
  const schema = schemaOfNode(fieldTreeOf(fields));
  const named: JsonObject = { type: { const: type }, ...(kind === undefined ? {} : { kind: { const: kind } }) };
  const required = (schema.required ?? []) as readonly string[];
  return {
    $schema: DIALECT,
    title: kind ?? type,
    description: BEYOND,
    ...schema,
    properties: { ...(schema.properties as JsonObject), ...named },
    required: [...new Set([...required, ...Object.keys(named)])],
  };
}

function schemaOfNode({ spec, members, elements }: FieldNode): JsonObject {
  if (elements) return { type: "array", items: schemaOfNode(elements), ...(spec ? { minItems: 1 } : {}) };
  if (members) {
    const required = [...members].filter(([, member]) => member.required).map(([name]) => name);
    const properties = Object.fromEntries([...members].map(([name, member]) => [name, schemaOfNode(member)]));
    return { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
  }
  if (spec === undefined) return {};
  return { ...schemaOfRule(spec.rule), ...(spec.public ? { $comment: "public" } : {}) };
}

const DECIMAL: JsonObject = { type: "string", pattern: DECIMAL_FORM.source, maxLength: MAX_DECIMAL_LENGTH };

function schemaOfRule(rule: FieldRule): JsonObject {
  if (typeof rule === "object") return { enum: rule.oneOf };
  if (isQuantityRule(rule)) {
    const isExact = UNITS[rule].some((unit) => EXACT_UNITS.includes(unit));
    return quantity(isExact ? DECIMAL : { anyOf: [DECIMAL, { type: "number" }] }, { enum: UNITS[rule] });
  }
  switch (rule) {
    case "any":
      return {};
    case "list":
      return { type: "array", minItems: 1 };
    case "count":
      return { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
    case "yes-no":
      return { type: "boolean" };
    case "money":
      return quantity(DECIMAL, { type: "string", pattern: CURRENCY.source });
    case "passport-id":
      return { type: "string", pattern: "^0x[0-9a-f]{40}$" };
    case "participant-id":
      return { type: "integer", minimum: 1, maximum: 0xff_ff_ff };
    default: {
      const { form }: Check = CHECKS[rule];
      return form ? { type: "string", pattern: form.source } : { type: "string", minLength: 1 };
    }
  }
}

const quantity = (value: JsonValue, unit: JsonValue): JsonObject => ({
  type: "object",
  properties: { value, unit },
  required: ["value", "unit"],
  additionalProperties: false,
});
