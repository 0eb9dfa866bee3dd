import * as z from "zod";
import { listAnchors, readAnchor } from "../../services/anchors/listAnchors.ts";
import { listDataRecords } from "../../services/dataRecords/listDataRecords.ts";
import { readDataRecord } from "../../services/dataRecords/readDataRecord.ts";
import { acceptEntries, MAX_ENTRIES } from "../acceptEntries.ts";
import type { AppDependencies } from "../dependencies.ts";
import { JSON_TYPE, NDJSON_TYPE } from "../readBody.ts";
import { type Route, route } from "../route.ts";
import {
  acceptedDataRecord,
  anchor,
  anchorList,
  dataRecordList,
  dataRecordState,
  dataRecordSubmission,
} from "../schemas/dataRecords.ts";
import { problemSchema } from "../schemas/problem.ts";
import { hash, paging, participantIdText, passportId, wholeText } from "../schemas/values.ts";

const result = acceptedDataRecord.partial().extend({ problem: problemSchema.optional() });

/** Data records and the anchors that prove them. */
export function dataRecordRoutes(dependencies: AppDependencies): Route[] {
  const { database, dataRecordAcceptor, anchorTrees } = dependencies;
  return [
    route({
      method: "post",
      path: "/v1/data-records",
      operationId: "acceptDataRecords",
      tag: "Data records",
      summary: "Accept data records signed by their authors: one, a list, or one a line. Idempotent by digest.",
      streamedBody: {
        [JSON_TYPE]: z.union([dataRecordSubmission, z.array(dataRecordSubmission).max(MAX_ENTRIES)]),
        [NDJSON_TYPE]: z.string(),
      },
      answers: {
        200: {
          description: "A result for each of several data records, in order.",
          schema: z.object({ results: z.array(result) }),
        },
        202: { description: "Promised, with a receipt.", schema: acceptedDataRecord },
      },
      problems: [403, 413, 415, 422],
      handle: ({ request }) =>
        acceptEntries(dependencies, request, dataRecordSubmission, (entry) => dataRecordAcceptor.accept(entry)),
    }),
    route({
      method: "get",
      path: "/v1/data-records",
      operationId: "listDataRecords",
      tag: "Data records",
      summary: "Data records about a subject or by an author, whoever anchored them; never of which kind.",
      query: z.strictObject({ subject: passportId.optional(), author: participantIdText.optional(), ...paging }),
      answers: { 200: { description: "A page of data records.", schema: dataRecordList } },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: dataRecords, ...rest } = await listDataRecords(database, query);
        return { status: 200, json: { dataRecords, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/data-records/{digest}",
      operationId: "readDataRecord",
      tag: "Data records",
      summary: "A data record, what became of it, and the proof of its place on chain.",
      params: z.object({ digest: hash }),
      answers: { 200: { description: "The data record.", schema: dataRecordState } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        json: await readDataRecord(database, anchorTrees, params.digest),
      }),
    }),
    route({
      method: "get",
      path: "/v1/anchors",
      operationId: "listAnchors",
      tag: "Data records",
      summary: "Merkle roots of data records on chain, with their manifests.",
      query: z.strictObject({ publisher: participantIdText.optional(), ...paging }),
      answers: { 200: { description: "A page of anchors.", schema: anchorList } },
      crossOrigin: true,
      async handle({ query }) {
        const { entries: anchors, ...rest } = await listAnchors(database, query);
        return { status: 200, json: { anchors, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/anchors/{publisher}/{sequence}",
      operationId: "readAnchor",
      tag: "Data records",
      summary: "One anchor of a publisher, counted from 0.",
      params: z.object({
        publisher: participantIdText,
        sequence: wholeText(0, 99_999_999, "Place among the publisher's anchors, from 0."),
      }),
      answers: { 200: { description: "The anchor.", schema: anchor } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        json: await readAnchor(database, params.publisher, params.sequence),
      }),
    }),
  ];
}
