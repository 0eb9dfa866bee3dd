import { expect } from "chai";
import {
  isJurisdiction,
  JURISDICTIONS,
  mayRead,
  policyOn,
  type Standing,
  TIER_POLICIES,
} from "../../../backend/domain/access/tierPolicies.ts";
import { CUSTODY_KINDS } from "../../../backend/domain/custody/events.ts";
import type { AnnexPoint } from "../../../backend/domain/dataPoints/dataPoint.ts";
import { ROLES } from "../../../backend/domain/participants/roles.ts";
import { DATA_KINDS } from "../../../backend/domain/records/dataKinds.ts";
import { expectCode } from "../records/expectCode.ts";

const RELATIONS = ["its-author", "its-custodian", "its-receiver", "its-grantee"] as const;

describe("tier policies", () => {
  /** The points that somebody with this one standing may read, in a record of that kind. */
  const readable = (id: string, standing: Standing, kind = "mint"): AnnexPoint[] => {
    const policy = TIER_POLICIES.find((one) => one.id === id)!;
    return ([1, 2, 3, 4] as const).filter((point) => mayRead(policy, new Set([standing]), { kind, point }));
  };

  it("show each reader of the EU the points of Annex XIII that Art. 77(2) names for it, and no other", () => {
    const table = Object.fromEntries([...ROLES, ...RELATIONS].map((one) => [one, readable("eu/1", one).join()]));
    expect(table).to.deep.equal({
      PRODUCER: "",
      REGISTRAR: "",
      CUSTODIAN: "",
      SECOND_LIFE: "1,2",
      DISMANTLER: "1,2",
      RECYCLER: "1,2",
      TEST_LAB: "1,2",
      REGULATOR: "1,2,3",
      OPERATOR: "",
      "its-author": "1,2,3,4",
      "its-custodian": "1,4",
      "its-receiver": "1,4",
      "its-grantee": "1,4",
    });
  });

  it("show China's competent authority the records that are reported, whole, and no others", () => {
    for (const kind of ["mint", "handover", "transformation", "closure", "report"]) {
      expect(readable("cn/1", "REGULATOR", kind), kind).to.deep.equal([1, 2, 3, 4]);
    }
    for (const kind of ["state-of-health", "withdrawal", "inspection"]) {
      expect(readable("cn/1", "REGULATOR", kind), kind).to.deep.equal([]);
    }
    expect(readable("cn/1", "RECYCLER")).to.deep.equal([1, 2]);
  });

  it("give nobody anything for a kind that no rule names, but by its points", () => {
    for (const kind of ["", "constructor", "Mint"]) expect(readable("cn/1", "REGULATOR", kind)).to.deep.equal([]);
  });

  it("name only kinds of records that there are, each once", () => {
    const known = [...CUSTODY_KINDS, ...Object.keys(DATA_KINDS)];
    for (const { records = [] } of TIER_POLICIES.flatMap(({ rules }) => rules)) {
      expect(known).to.include.members([...records]);
      expect(new Set(records).size).to.equal(records.length);
    }
  });

  it("join what several standings allow", () => {
    const [eu] = TIER_POLICIES;
    const both = new Set<Standing>(["REGULATOR", "its-custodian"]);
    for (const point of [1, 2, 3, 4] as const) expect(mayRead(eu!, both, { kind: "mint", point })).to.equal(true);
  });

  it("have a policy in force for every jurisdiction, a source for every rule, and an id for each version", () => {
    for (const jurisdiction of JURISDICTIONS) expect(policyOn(jurisdiction, "2027-01-15").id).to.match(/^[a-z]+\/\d+$/);
    for (const { rules } of TIER_POLICIES) for (const { source } of rules) expect(source).not.to.equal("");
    expect(new Set(TIER_POLICIES.map(({ id }) => id)).size).to.equal(TIER_POLICIES.length);
  });

  it("follow one another by the day on which each begins", () => {
    const [first] = TIER_POLICIES;
    const second = { ...first!, id: "eu/2", validFrom: "2030-01-01" };
    const on = (day: string) => policyOn("eu", day, [second, first!]).id;
    expect([on("2029-12-31"), on("2030-01-01"), on("2031-06-01")]).to.deep.equal(["eu/1", "eu/2", "eu/2"]);
    expectCode("policy-missing", () => on("2023-08-16"));
  });

  it("know a jurisdiction by its name alone", () => {
    expect(["eu", "cn"].every(isJurisdiction)).to.equal(true);
    expect(["EU", "", "us", null, 7, "__proto__"].some(isJurisdiction)).to.equal(false);
  });
});
