import * as z from "zod";
import { DomainError } from "../../domain/errors.ts";
import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import type { JsonObject } from "../../domain/types.ts";
import { dppDocument, type Representation } from "../../services/passports/dppDocument.ts";
import { requireClaimants } from "../../services/passports/findClaimants.ts";
import { findDppIds } from "../../services/passports/findDppIds.ts";
import { passportIdFrom, readDpp } from "../../services/passports/readDpp.ts";
import { readElement } from "../../services/passports/readElement.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import {
  dataElement,
  dpp,
  dppIdParam,
  dppIds,
  dppWithClaimants,
  productIdParam,
  representation,
} from "../schemas/passports.ts";
import { paging } from "../schemas/values.ts";

const byId = z.object({ dppId: dppIdParam });
const form = z.strictObject({ representation });

/** Reads of EN 18222, and its writes, which custody by signatures takes the place of. */
export function dppRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment } = dependencies;

  const documentOf = async (dppId: string, at: number | null, chosen: Representation): Promise<JsonObject> =>
    dppDocument(deployment, await readDpp(database, passportIdFrom(deployment, dppId), at), chosen);

  return [
    route({
      method: "get",
      path: "/v1/dpps/{dppId}",
      operationId: "readDPPById",
      tag: "Passports (EN 18222)",
      summary: "A passport's public content.",
      params: byId,
      query: form,
      answers: { 200: { description: "The passport.", schema: dpp } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params, query }) => ({
        status: 200,
        json: await documentOf(params.dppId, null, query.representation),
      }),
    }),
    route({
      method: "get",
      path: "/v1/dppsByIdAndDate/{dppId}",
      operationId: "readDPPVersionByIdAndDate",
      tag: "Passports (EN 18222)",
      summary: "A passport as it stood at a moment.",
      params: byId,
      query: z.strictObject({ date: z.iso.datetime({ offset: true }), representation }),
      answers: { 200: { description: "The passport then.", schema: dpp } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params, query }) => ({
        status: 200,
        json: await documentOf(params.dppId, Math.floor(Date.parse(query.date) / 1000), query.representation),
      }),
    }),
    route({
      method: "get",
      path: "/v1/dppsByProductId/{productId}",
      operationId: "readDPPByProductId",
      tag: "Passports (EN 18222)",
      summary: "The passport of a product, with every issuer's that claims it.",
      params: z.object({ productId: productIdParam }),
      query: form,
      answers: { 200: { description: "The oldest active passport.", schema: dppWithClaimants } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params, query }) => ({
        status: 200,
        json: await readByProduct(dependencies, params.productId, query.representation),
      }),
    }),
    route({
      method: "post",
      path: "/v1/dppsByProductIds",
      operationId: "readDPPIdsByProductIds",
      tag: "Passports (EN 18222)",
      summary: "Ids of the passports of a set of products.",
      query: z.strictObject(paging),
      body: { schema: z.strictObject({ productIds: z.array(productIdParam).min(1).max(1000) }) },
      answers: { 200: { description: "A page of ids.", schema: dppIds } },
      problems: [413, 415],
      crossOrigin: true,
      async handle({ query, body }) {
        const { entries, ...rest } = await findDppIds(database, deployment, {
          ...body,
          ...query,
          cursor: query.cursor,
        });
        return { status: 200, json: { dppIds: entries, ...rest } };
      },
    }),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/elements/{elementPath}",
      operationId: "readDataElement",
      tag: "Passports (EN 18222)",
      summary: "One element of a passport by its path, such as $.model.mass.",
      params: z.object({ dppId: dppIdParam, elementPath: z.string().min(1).max(500) }),
      query: form,
      answers: { 200: { description: "The element.", schema: dataElement } },
      problems: [404],
      crossOrigin: true,
      async handle({ params, query }) {
        const document = await documentOf(params.dppId, null, "compressed");
        return { status: 200, json: readElement(document, params.elementPath, query.representation === "full") };
      },
    }),
    ...writesThatNeedSignatures(),
  ];
}

/** The passport of a product identifier with all who claim it; also behind the GS1 Digital Link paths. */
export async function readByProduct(
  { database, deployment }: AppDependencies,
  productId: string,
  chosen: Representation,
): Promise<JsonObject> {
  const claimants = await requireClaimants(database, productId);
  const content = await readDpp(database, claimants[0].passportId, null);
  const listed = claimants.map((one) => ({
    digitalProductPassportId: dppIdOf(deployment, one.passportId),
    ...one,
  }));
  return { ...dppDocument(deployment, content, chosen), claimants: listed };
}

/** Nobody may write a passport over EN 18222's writes: there is no login, only signatures over custody events. */
function writesThatNeedSignatures(): Route[] {
  const refuse = (): never => {
    const sentence = "Passports change by signed custody events only: POST them to /v1/custody-events.";
    throw new DomainError("custody-needs-signatures", sentence, {});
  };
  const writes = [
    ["post", "/v1/dpps", "createDPP"],
    ["patch", "/v1/dpps/{dppId}", "updateDPPById"],
    ["delete", "/v1/dpps/{dppId}", "deleteDPPById"],
    ["patch", "/v1/dpps/{dppId}/elements/{elementPath}", "updateDataElement"],
  ] as const;
  return writes.map(([method, path, operationId]) =>
    route({
      method,
      path,
      operationId,
      tag: "Passports (EN 18222)",
      summary: "Not offered: custody events are signed, see /v1/custody-events.",
      ...(path.includes("elementPath")
        ? { params: z.object({ dppId: dppIdParam, elementPath: z.string().min(1).max(500) }) }
        : path.includes("dppId")
          ? { params: byId }
          : {}),
      unknownQuery: "ignore",
      answers: {},
      problems: [501],
      handle: async () => refuse(),
    }),
  );
}
