import * as z from "zod";
import { DomainError } from "../../domain/errors.ts";
import { DATA_KINDS, isDataKind } from "../../domain/records/dataKinds.ts";
import { jsonSchemaOf } from "../../domain/records/jsonSchema.ts";
import { isRecordType, RECORD_TYPES, type RecordType } from "../../domain/records/recordTypes.ts";
import type { JsonObject } from "../../domain/types.ts";
import { type Route, route } from "../route.ts";

const name = z.string().regex(/^[a-z-]{1,40}$/);
const version = z.string().regex(/^[1-9]\d{0,3}$/);
const schema = z.looseObject({ title: z.string() }).meta({ id: "RecordSchema", description: "JSON Schema, 2020-12." });
const list = z.object({ schemas: z.array(z.string()) }).meta({ id: "RecordSchemas" });
const headers = { "cache-control": "public, max-age=86400" };

/** What the fields of records are, for whoever makes them: JSON Schemas from the tables that check them. */
export function schemaRoutes(): Route[] {
  const types = (Object.keys(RECORD_TYPES) as RecordType[]).map((type) => `/v1/schemas/${type}`);
  const kinds = Object.keys(DATA_KINDS).map((kind) => `/v1/schemas/data/1/${kind}`);
  return [
    route({
      method: "get",
      path: "/v1/schemas",
      operationId: "listRecordSchemas",
      tag: "Records",
      summary: "Addresses of the JSON Schemas of all record types and kinds of data records.",
      answers: { 200: { description: "The addresses.", schema: list } },
      crossOrigin: true,
      handle: async () => ({ status: 200, json: { schemas: [...types, ...kinds] }, headers }),
    }),
    route({
      method: "get",
      path: "/v1/schemas/{name}/{version}",
      operationId: "readRecordSchema",
      tag: "Records",
      summary: "The JSON Schema of a record type's fields, withheld ones included.",
      params: z.object({ name, version }),
      answers: { 200: { description: "The schema.", schema } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: schemaOf(params.name, params.version), headers }),
    }),
    route({
      method: "get",
      path: "/v1/schemas/{name}/{version}/{kind}",
      operationId: "readDataKindSchema",
      tag: "Records",
      summary: "The JSON Schema of a kind of data record, such as data/1/state-of-health.",
      params: z.object({ name, version, kind: name }),
      answers: { 200: { description: "The schema.", schema } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        json: schemaOf(params.name, params.version, params.kind),
        headers,
      }),
    }),
  ];
}

function schemaOf(name: string, version: string, kind?: string): JsonObject {
  const type = `${name}/${version}`;
  if (isRecordType(type) && kind === undefined) return jsonSchemaOf(type);
  if (type === "data/1" && isDataKind(kind)) return jsonSchemaOf(type, kind);
  throw new DomainError("schema-unknown", "There is no record type or kind of data record with this name.", {
    type,
    kind,
  });
}
