import * as z from "zod";
import { passportIdFrom, readDpp } from "../../services/passports/readDpp.ts";
import type { AppDependencies } from "../dependencies.ts";
import { LABEL_POLICY, type LabelContent, labelLink, labelSheet, qrPng, qrSvg } from "../labels.ts";
import { type Route, route } from "../route.ts";
import { dppIdParam } from "../schemas/passports.ts";
import { wholeText } from "../schemas/values.ts";

const byId = z.object({ dppId: dppIdParam });
const A_SHEET = 10;

/** The code that goes on a battery. */
export function labelRoutes({ database, deployment, publicUrl }: AppDependencies): Route[] {
  const contentOf = async (dppId: string): Promise<LabelContent> => {
    const { passportId, uid, record } = await readDpp(database, passportIdFrom(deployment, dppId), null);
    const batteryCode = record?.batteryCode;
    return { passportId, uid, batteryCode: typeof batteryCode === "string" ? batteryCode : null };
  };
  const code = (ending: "svg" | "png", type: string, draw: (link: string) => Promise<string | Buffer>): Route =>
    route({
      method: "get",
      path: `/v1/dpps/{dppId}/qr.${ending}`,
      operationId: `readQrCode${ending.toUpperCase()}`,
      tag: "Labels",
      summary: "The QR code for the battery: a GS1 Digital Link where its identifier is one.",
      params: byId,
      answers: { 200: { description: "The picture.", schema: z.string(), type } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({
        status: 200,
        bytes: await draw(labelLink(publicUrl, await contentOf(params.dppId))),
        headers: { "content-type": type },
      }),
    });
  return [
    code("svg", "image/svg+xml", qrSvg),
    code("png", "image/png", qrPng),
    route({
      method: "get",
      path: "/v1/dpps/{dppId}/label",
      operationId: "readLabelSheet",
      tag: "Labels",
      summary: "A sheet of labels to print: code, identifiers and link as plain text.",
      params: byId,
      query: z.strictObject({ copies: wholeText(1, 100, "Labels on the sheet.").default(A_SHEET) }),
      answers: { 200: { description: "The sheet.", schema: z.string(), type: "text/html" } },
      problems: [404],
      handle: async ({ params, query }) => ({
        status: 200,
        bytes: await labelSheet(publicUrl, await contentOf(params.dppId), query.copies),
        headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": LABEL_POLICY },
      }),
    }),
  ];
}
