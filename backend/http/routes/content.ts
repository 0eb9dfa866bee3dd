import * as z from "zod";
import type { JsonValue } from "../../domain/types.ts";
import { passRpc } from "../../services/operation/passRpc.ts";
import { readPublicBlock } from "../../services/operation/readPublicBlock.ts";
import type { AppDependencies } from "../dependencies.ts";
import { downloadHeaders } from "../download.ts";
import { JSON_LD_TYPE } from "../passportReply.ts";
import { type Route, route } from "../route.ts";
import { dppWithClaimants } from "../schemas/passports.ts";
import { answerProduct } from "./dpps.ts";

const MAX_RPC_BYTES = 64 * 1024;
/** 20 characters, each perhaps escaped; what they may be is for the parser of identifiers to say. */
const qualifier = z.string().max(60);

const rpcRequest = z.strictObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string().max(100), z.number(), z.null()]).default(null),
  method: z.string().max(100),
  params: z
    .array(z.unknown())
    .max(10)
    .default([])
    .transform((params) => params as JsonValue[]),
});
const rpcAnswer = z.looseObject({ jsonrpc: z.literal("2.0") });

/** What verifiers fetch by hash, from a chain, or by scanning a battery. */
export function contentRoutes(dependencies: AppDependencies): Route[] {
  const { database, deployment, readBlock, rpc } = dependencies;
  const digitalLink = (qualifiers: string, operationId: string, others: z.ZodRawShape = {}): Route =>
    route({
      method: "get",
      path: `/01/{gtin}${qualifiers}/21/{serial}`,
      operationId,
      tag: "Identifiers",
      summary: "The passport behind a GS1 Digital Link, as printed on the battery.",
      params: z.object({ gtin: z.string().max(20), ...others, serial: qualifier }),
      unknownQuery: "ignore",
      answers: {
        200: {
          description: "As /v1/dppsByProductId.",
          schema: dppWithClaimants,
          alsoAs: [JSON_LD_TYPE, "text/html"],
        },
      },
      problems: [404],
      crossOrigin: true,
      handle: ({ params, request }) =>
        answerProduct(
          dependencies,
          request,
          `https://id.gs1.org/01/${params.gtin}/21/${encodeURIComponent(params.serial)}`,
          "compressed",
        ),
    });
  return [
    digitalLink("", "resolveDigitalLink"),
    digitalLink("/10/{lot}", "resolveDigitalLinkWithLot", { lot: qualifier }),
    digitalLink("/22/{variant}", "resolveDigitalLinkWithVariant", { variant: qualifier }),
    digitalLink("/22/{variant}/10/{lot}", "resolveDigitalLinkWithVariantAndLot", {
      variant: qualifier,
      lot: qualifier,
    }),
    route({
      method: "get",
      path: "/ipfs/{cid}",
      operationId: "readBlock",
      tag: "Content",
      summary: "The raw bytes behind a CID: hash them yourself.",
      params: z.object({ cid: z.string().max(100) }),
      unknownQuery: "ignore",
      answers: { 200: { description: "The block.", schema: z.string(), type: "application/octet-stream" } },
      problems: [404, 502],
      crossOrigin: true,
      async handle({ params }) {
        const bytes = await readPublicBlock(database, readBlock, params.cid);
        return { status: 200, bytes, headers: downloadHeaders(params.cid, `${params.cid}.bin`) };
      },
    }),
    route({
      method: "post",
      path: "/rpc",
      operationId: "passRpc",
      tag: "Content",
      summary: "Read-only pass-through to this operator's chain RPC: its answers are the operator's.",
      body: { schema: z.union([rpcRequest, z.array(rpcRequest).min(1).max(50)]), maxBytes: MAX_RPC_BYTES },
      answers: { 200: { description: "JSON-RPC answers.", schema: z.union([rpcAnswer, z.array(rpcAnswer)]) } },
      problems: [413, 415, 502],
      crossOrigin: true,
      async handle({ body }) {
        const answers = await passRpc(rpc, deployment.contract, Array.isArray(body) ? body : [body]);
        return { status: 200, json: Array.isArray(body) ? answers : answers[0] };
      },
    }),
  ];
}
