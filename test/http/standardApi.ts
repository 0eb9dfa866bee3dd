import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";

/** An operation of EN 18222 as its OpenAPI document describes it. */
export type StandardOperation = {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly StandardParameter[];
  /** Documented statuses, with the name of the schema of their JSON answer where they have one. */
  readonly answers: ReadonlyMap<number, string | undefined>;
};

export type StandardParameter = {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: { readonly type?: string; readonly enum?: readonly string[]; readonly minimum?: number };
  readonly format?: string;
};

// biome-ignore lint/suspicious/noExplicitAny: a document of another's making, looked into freely
type Loose = any;

const file = join(process.env.INTEROP_DIR ?? "../shared/interop", "en18222", "dpp-api.openapi.yaml");

/** Whether the publishers' document is on this machine; it is read there and never copied. */
export const hasStandardApi = existsSync(file);

/** The operations of the document, and a judge of values by its schemas. */
export function readStandardApi(): {
  readonly operations: readonly StandardOperation[];
  /** What is wrong with a value by the schema of this name; null when nothing is. */
  readonly complaints: (schema: string, value: unknown) => string | null;
} {
  const document = parse(readFileSync(file, "utf8"));
  tellElementsApart(document.components.schemas);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // biome-ignore lint/suspicious/noExplicitAny: a CommonJS default export, as Node and TypeScript see it differently
  ((addFormats as any).default ?? addFormats)(ajv);
  ajv.addSchema(document, "en18222");
  const resolve = (entry: Loose): Loose =>
    entry?.$ref === undefined
      ? entry
      : entry.$ref
          .slice(2)
          .split("/")
          .reduce((node: Loose, key: string) => node[key], document);

  const operationOf = (path: string, method: string, operation: Loose): StandardOperation => ({
    method,
    path,
    operationId: operation.operationId,
    parameters: (operation.parameters ?? []).map(resolve).map((parameter: Loose) => {
      const schema = resolve(parameter.schema);
      return {
        name: parameter.name,
        in: parameter.in,
        required: parameter.required === true,
        schema,
        format: schema.format,
      };
    }),
    answers: new Map(
      Object.entries(operation.responses).map(([status, answer]: [string, Loose]) => {
        const schema = resolve(answer).content?.["application/json"]?.schema;
        return [Number(status), schema?.$ref?.split("/").at(-1)];
      }),
    ),
  });

  return {
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Loose).map(([method, operation]) => operationOf(path, method, operation)),
    ),
    complaints(schema, value) {
      const validate = ajv.getSchema(`en18222#/components/schemas/${schema}`);
      if (validate === undefined) throw new Error(`the document has no schema ${schema}`);
      return validate(value) ? null : ajv.errorsText(validate.errors);
    },
  };
}

/**
 * The document selects the kind of a data element by `objectType` (an OpenAPI discriminator, which JSON Schema does not
 * know), and as plain `oneOf` its kinds exclude nobody. Here the discriminator is spelled out; an element without
 * `objectType`, as in the compressed representation, must fit some kind.
 */
function tellElementsApart(schemas: Loose): void {
  const kinds = Object.entries(schemas.DataElement.discriminator.mapping as Record<string, string>);
  schemas.DataElement = {
    required: ["elementId"],
    if: { required: ["objectType"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema has it
    then: {
      properties: { objectType: { enum: kinds.map(([name]) => name) } },
      allOf: kinds.map(([name, ref]) => ({
        if: { properties: { objectType: { const: name } } },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema has it
        then: { $ref: ref },
      })),
    },
    else: { anyOf: kinds.map(([, ref]) => ({ $ref: ref })) },
  };
}
