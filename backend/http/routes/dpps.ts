import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import { dppDocument, type Representation } from "../../services/passports/dppDocument.ts";
import { nameClaimants, requireClaimants } from "../../services/passports/findClaimants.ts";
import { findDppIds } from "../../services/passports/findDppIds.ts";
import { passportIdFrom, readDpp } from "../../services/passports/readDpp.ts";
import { readElement } from "../../services/passports/readElement.ts";
import type { AppDependencies } from "../dependencies.ts";
import { dictionaryOf, JSON_LD_TYPE, passportReply } from "../passportReply.ts";
import { type Reply, type Route, route } from "../route.ts";
import {
  dataElement,
  dpp,
  dppIdParam,
  dppIds,
  dppWithClaimants,
  elementPathParam,
  productIdParam,
  representation,
} from "../schemas/passports.ts";
import { paging } from "../schemas/values.ts";

const TAG = "Passports (EN 18222)";
const byId = z.object({ dppId: dppIdParam });
const form = z.strictObject({ representation });

/** Reads of EN 18222. */
export function dppRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, publicUrl } = dependencies;
  const dictionary = dictionaryOf(publicUrl);

  const answerDpp = async (
    request: IncomingMessage,
    dppId: string,
    at: number | null,
    chosen: Representation,
  ): Promise<Reply> => {
    const content = await readDpp(database, passportIdFrom(deployment, dppId), at);
    const document = dppDocument(deployment, content, { representation: chosen, dictionary });
    return passportReply(request, publicUrl, content.head, document);
  };

  return [
    route({
      method: "get",
      path: "/v1/dpps/{dppId}",
      operationId: "readDPPById",
      tag: TAG,
      summary: "A passport's public content: JSON, JSON-LD, and for browsers the page.",
      params: byId,
      query: form,
      answers: { 200: { description: "The passport.", schema: dpp, alsoAs: [JSON_LD_TYPE, "text/html"] } },
      problems: [404],
      crossOrigin: true,
      handle: ({ params, query, request }) => answerDpp(request, params.dppId, null, query.representation),
    }),
    route({
      method: "get",
      path: "/v1/dppsByIdAndDate/{dppId}",
      operationId: "readDPPVersionByIdAndDate",
      tag: TAG,
      summary: "A passport as it stood at a moment, by block time.",
      params: byId,
      query: z.strictObject({ date: z.iso.datetime({ offset: true }), representation }),
      answers: { 200: { description: "The passport then.", schema: dpp, alsoAs: [JSON_LD_TYPE] } },
      problems: [404],
      crossOrigin: true,
      handle: ({ params, query, request }) =>
        answerDpp(request, params.dppId, Math.floor(Date.parse(query.date) / 1000), query.representation),
    }),
    route({
      method: "get",
      path: "/v1/dppsByProductId/{productId}",
      operationId: "readDPPByProductId",
      tag: TAG,
      summary: "The passport of a product, with every issuer's that claims it.",
      params: z.object({ productId: productIdParam }),
      query: form,
      answers: {
        200: {
          description: "The oldest active passport.",
          schema: dppWithClaimants,
          alsoAs: [JSON_LD_TYPE, "text/html"],
        },
      },
      problems: [404],
      crossOrigin: true,
      handle: ({ params, query, request }) =>
        answerProduct(dependencies, request, params.productId, query.representation),
    }),
    route({
      method: "post",
      path: "/v1/dppsByProductIds",
      operationId: "readDPPIdsByProductIds",
      tag: TAG,
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
      tag: TAG,
      summary: "One element of a passport by its path, such as $.model.mass.",
      params: z.object({ dppId: dppIdParam, elementPath: elementPathParam }),
      query: form,
      answers: { 200: { description: "The element.", schema: dataElement, alsoAs: [JSON_LD_TYPE] } },
      problems: [404],
      crossOrigin: true,
      async handle({ params, query, request }) {
        const content = await readDpp(database, passportIdFrom(deployment, params.dppId), null);
        const document = dppDocument(deployment, content, { representation: "compressed", dictionary });
        const element = readElement(document, params.elementPath, { ...query, dictionary });
        return passportReply(request, publicUrl, content.head, element);
      },
    }),
  ];
}

/** The passport of a product identifier with all who claim it; also behind the GS1 Digital Link paths. */
export async function answerProduct(
  { database, deployment, publicUrl }: AppDependencies,
  request: IncomingMessage,
  productId: string,
  chosen: Representation,
): Promise<Reply> {
  const claimants = await requireClaimants(database, productId);
  const content = await readDpp(database, claimants[0].passportId, null);
  // One claim leaves nothing to compare, and the document names its issuer: no need to read a record for it.
  const told = claimants.length === 1 ? claimants : await nameClaimants(database, claimants);
  const listed = told.map((one) => ({
    digitalProductPassportId: dppIdOf(deployment, one.passportId),
    ...one,
  }));
  const document = dppDocument(deployment, content, { representation: chosen, dictionary: dictionaryOf(publicUrl) });
  return passportReply(request, publicUrl, content.head, { ...document, claimants: listed });
}
