import { readFileSync } from "node:fs";
import * as z from "zod";
import { readinessReader } from "../../services/operation/readReadiness.ts";
import type { AppDependencies } from "../dependencies.ts";
import type { Metrics } from "../metrics.ts";
import { type Route, route } from "../route.ts";

const ERRORS_PAGE = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

const readiness = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.looseObject({ ok: z.boolean(), reason: z.string().optional() })),
});

/** What operators and their machines ask. */
export function operationRoutes(dependencies: AppDependencies, metrics: Metrics): Route[] {
  const readReadiness = readinessReader({ ...dependencies, chainId: dependencies.deployment.chainId });
  return [
    route({
      method: "get",
      path: "/livez",
      operationId: "livez",
      tag: "Operation",
      summary: "The process answers. Restart it when this does not.",
      answers: { 200: { description: "Alive.", schema: z.object({ alive: z.literal(true) }) } },
      handle: async () => ({ status: 200, json: { alive: true } }),
    }),
    route({
      method: "get",
      path: "/readyz",
      operationId: "readyz",
      tag: "Operation",
      summary: "Database, chain and follower are as they should be. Send no traffic here when they are not.",
      answers: {
        200: { description: "Ready.", schema: readiness },
        503: { description: "Not ready, and why.", schema: readiness },
      },
      async handle() {
        const state = await readReadiness();
        return { status: state.ready ? 200 : 503, json: state, headers: { "cache-control": "no-store" } };
      },
    }),
    route({
      method: "get",
      path: "/metrics",
      operationId: "metrics",
      tag: "Operation",
      summary: "Figures for Prometheus.",
      answers: { 200: { description: "Text exposition format.", schema: z.string(), type: "text/plain" } },
      handle: async () => ({
        status: 200,
        bytes: await metrics.render(),
        headers: { "content-type": metrics.contentType },
      }),
    }),
    route({
      method: "get",
      path: "/docs/errors",
      operationId: "readErrorCodes",
      tag: "Operation",
      summary: "Every error code: why, and what to do.",
      answers: { 200: { description: "Markdown.", schema: z.string(), type: "text/plain" } },
      handle: async () => ({
        status: 200,
        bytes: ERRORS_PAGE,
        headers: { "content-type": "text/plain; charset=utf-8" },
      }),
    }),
  ];
}
