import { expect } from "chai";
import fc from "fast-check";
import { annexPointOf } from "../../../backend/domain/access/annexPoints.ts";
import { mayRead, type Standing, TIER_POLICIES } from "../../../backend/domain/access/tierPolicies.ts";
import { ROLES } from "../../../backend/domain/participants/roles.ts";
import { buildRecord } from "../../../backend/domain/records/buildRecord.ts";
import { discloseWhere, reveal } from "../../../backend/domain/records/disclosures.ts";
import type { JsonPath } from "../../../backend/domain/records/jsonPath.ts";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import mint from "../../vectors/records/nmc622-pack-mint.json" with { type: "json" };
import { countingRandomBytes } from "../records/countingRandomBytes.ts";

const TYPE = "mint/2";
const IDENTITY = { subject: mint.fields.subject, uid: mint.fields.uid };
const STANDINGS: readonly Standing[] = [...ROLES, "its-author", "its-custodian", "its-receiver", "its-grantee"];

const name = fc.stringMatching(/^x[a-z]{0,4}$/);
const { anything } = fc.letrec<{ anything: JsonValue }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 3 },
    fc.constant("x"),
    fc.array(tie("anything"), { maxLength: 3 }),
    fc.dictionary(name, tie("anything"), { maxKeys: 3 }),
  ),
}));
const objectOf = (known: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.record(known, { requiredKeys: [] }), fc.dictionary(name, anything, { maxKeys: 2 }))
    .map(([listed, others]) => ({ ...others, ...listed }) as JsonObject);

/** Fields of a mint: some that the Commission's data points name, at every point of Annex XIII, and others anywhere. */
const fields = objectOf({
  status: anything,
  stateOfHealth: objectOf({ value: anything, measuredAt: anything }),
  model: objectOf({
    manufacturer: fc.constant("x"),
    chemistry: fc.constant("x"),
    composition: objectOf({ cathode: anything, materials: fc.array(objectOf({ name: anything, mass: anything })) }),
    dismantling: objectOf({ tools: fc.array(anything, { maxLength: 3 }), layout: anything }),
    testReports: fc.array(objectOf({ subject: anything, result: anything }), { maxLength: 3 }),
  }),
});

/** The same with a word in every value that says of which point it is. */
function marked(value: JsonValue, path: JsonPath = []): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((one, i) => marked(one, [...path, i]));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([step, member]) => [step, marked(member, [...path, step])]));
  }
  return `point-${annexPointOf(TYPE, path)}`;
}

const marksIn = (value: unknown, point: number): number => JSON.stringify(value).split(`"point-${point}"`).length - 1;

describe("tiers, over many records and readers", () => {
  const readers = fc.subarray([...STANDINGS]).map((list) => new Set(list));

  it("show every value of the points that a reader may read, and none of another", () => {
    fc.assert(
      fc.property(fields, fc.constantFrom(...TIER_POLICIES), readers, (plain, policy, standings) => {
        const whole = { ...(marked(plain) as JsonObject), ...IDENTITY };
        const { record, disclosures } = buildRecord(TYPE, whole, countingRandomBytes());
        const may = (point: 1 | 2 | 3 | 4) => mayRead(policy, standings, { kind: "mint", point });
        const shown = discloseWhere(disclosures, record, (path) => may(annexPointOf(TYPE, path)));
        const seen = reveal(record, shown).value;
        for (const point of [1, 2, 3, 4] as const) {
          const inClear = marksIn(record, point);
          if (point !== 1) expect(inClear).to.equal(0);
          expect(marksIn(seen, point), `point ${point}`).to.equal(may(point) ? marksIn(whole, point) : inClear);
        }
      }),
    );
  });

  it("show no less to a reader with one standing more", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIER_POLICIES), readers, fc.constantFrom(...STANDINGS), (policy, some, more) => {
        for (const kind of ["mint", "report", "state-of-health"]) {
          for (const point of [1, 2, 3, 4] as const) {
            const wider = mayRead(policy, new Set([...some, more]), { kind, point });
            if (mayRead(policy, some, { kind, point })) expect(wider).to.equal(true);
          }
        }
      }),
    );
  });
});
