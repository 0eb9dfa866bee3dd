import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import type { Answer, Route } from "./route.ts";
import { problemSchema } from "./schemas/problem.ts";

const EVERY_ROUTE = [400, 429, 500, 503];

/** The OpenAPI 3.1 document of the routes, from the very schemas that validate. */
export function openApiDocument(routes: readonly Route[], publicUrl: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method] = operationOf(route);
    paths[route.path] = path;
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Battery passports",
      version: "1.0.0",
      description:
        "Custody events are authorised by the signatures in them, public reads need no login; what is withheld needs a " +
        "session, signed for with a participant's key (EIP-4361). What a server answers " +
        "need not be believed: ask for /evidence and verify it against a chain of your own choice.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: publicUrl }],
    security: [],
    components: { securitySchemes: { session: { type: "http", scheme: "bearer" } } },
    paths,
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { params, query, body, streamedBody } = route;
  const contents = body === undefined ? streamedBody : { "application/json": body.schema };
  const answers = Object.entries(route.answers).map(([status, { description, ...answer }]) => [
    status,
    { description, ...contentOf(answer) },
  ]);
  const problems = [...new Set([...EVERY_ROUTE, ...(route.session ? [401] : []), ...(route.problems ?? [])])].map(
    (status) => [
      String(status),
      { description: "A problem (RFC 9457).", content: { "application/problem+json": { schema: problemSchema } } },
    ],
  );
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.session ? { security: [{ session: [] }] } : {}),
    ...(params || query ? { requestParams: { ...objectOf("path", params), ...objectOf("query", query) } } : {}),
    ...(contents === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(Object.entries(contents).map(([type, schema]) => [type, { schema }])),
          },
        }),
    responses: Object.fromEntries([...problems, ...answers]),
  };
}

/** A page for people has no schema. */
function contentOf({ schema, type = "application/json", alsoAs = [] }: Omit<Answer, "description">) {
  if (schema === undefined) return {};
  const others = alsoAs.map((other) => [other, other === "text/html" ? {} : { schema }]);
  return { content: Object.fromEntries([[type, { schema }], ...others]) };
}

const objectOf = (place: "path" | "query", schema: z.ZodType | undefined) =>
  schema instanceof z.ZodObject ? { [place]: schema } : {};
