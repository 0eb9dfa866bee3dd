import * as z from "zod";
import { RULE_SETS, requireRuleSet, ruleSetsOn } from "../../domain/rules/ruleSets.ts";
import { type Route, route } from "../route.ts";
import { ruleSet, ruleSets } from "../schemas/rules.ts";

/** The rules by which records are judged, as data, so that another region can take them or replace them. */
export function ruleRoutes(): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/rules",
      operationId: "listRuleSets",
      tag: "Rules",
      summary: "Rule sets with id, source and validity; with a date, those that hold on that day.",
      query: z.strictObject({ date: z.iso.date().optional() }),
      answers: { 200: { description: "The rule sets.", schema: ruleSets } },
      crossOrigin: true,
      handle: async ({ query }) => ({
        status: 200,
        json: { ruleSets: query.date === undefined ? RULE_SETS : ruleSetsOn(query.date) },
      }),
    }),
    route({
      method: "get",
      path: "/v1/rules/{id}",
      operationId: "readRuleSet",
      tag: "Rules",
      summary: "One rule set.",
      params: z.object({ id: z.string().max(100) }),
      answers: { 200: { description: "The rule set.", schema: ruleSet } },
      problems: [404],
      crossOrigin: true,
      handle: async ({ params }) => ({ status: 200, json: requireRuleSet(params.id) }),
    }),
  ];
}
