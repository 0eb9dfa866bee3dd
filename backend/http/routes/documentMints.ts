import { prepareDocumentMint } from "../../services/custody/prepareDocumentMint.ts";
import type { AppDependencies } from "../dependencies.ts";
import { type Route, route } from "../route.ts";
import { documentMint, documentMintRequest } from "../schemas/documentMint.ts";

/** Reading documents takes a core for as long as it lasts; a whole set of them in earnest has a tenth of this. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Partners' documents become a mint that their sender signs: the operator keeps nothing and holds no key of theirs. */
export function documentMintRoutes(dependencies: AppDependencies): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/document-mints",
      operationId: "prepareDocumentMint",
      tag: "Custody",
      summary:
        "Turn partners' documents into a mint ready to sign. Nothing is stored; post it signed to custody-events.",
      body: { schema: documentMintRequest, maxBytes: Math.min(MAX_BODY_BYTES, dependencies.maxBodyBytes) },
      answers: {
        200: {
          description:
            "Sign `signingForm` with the issuer's signer, then POST {event: {...event, actorSignature}, " +
            "records: [{record, disclosures}]} to /v1/custody-events. The salts were drawn here, so check before " +
            "signing that the disclosures open into your documents.",
          schema: documentMint,
        },
      },
      problems: [403, 409, 413, 415, 422],
      async handle({ body: { documents, ...request } }) {
        const bytes = documents.map((text) => new Uint8Array(Buffer.from(text, "base64")));
        const json = await prepareDocumentMint(dependencies, { ...request, documents: bytes });
        return { status: 200, json, headers: { "cache-control": "no-store" } };
      },
    }),
  ];
}
