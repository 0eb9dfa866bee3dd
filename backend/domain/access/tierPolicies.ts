import type { AnnexPoint } from "../dataPoints/dataPoint.ts";
import { DomainError } from "../errors.ts";
import type { Role } from "../participants/roles.ts";

/** How a reader stands to one passport, besides the roles that the registry gives it. */
export type Relation =
  /** Signed the record in question: its author, and who accepted a handover by it. */
  | "its-author"
  /** Responsible for the item now, by the chain. */
  | "its-custodian"
  /** Named by an open offer of the custodian, or on the way of becoming the custodian. */
  | "its-receiver"
  /** Named in a grant of the present custodian. */
  | "its-grantee";
export type Standing = Role | Relation;

/** Who may read what. A field is readable when one rule covers it, by its point or by the kind of its record. */
export interface TierRule {
  readonly readers: readonly Standing[];
  readonly points?: readonly AnnexPoint[];
  /** Kinds of whole records: of the custody event, or of the data record. */
  readonly records?: readonly string[];
  readonly source: string;
}

/** The tiers of one jurisdiction. A policy never changes: a later one has the next number and its own date. */
export interface TierPolicy {
  /** `eu/1`: named in answers and in the access log. */
  readonly id: string;
  readonly jurisdiction: Jurisdiction;
  /** First day on which a reading is judged by it, YYYY-MM-DD; the policy before it ends there. */
  readonly validFrom: string;
  readonly rules: readonly TierRule[];
}

export const JURISDICTIONS = ["eu", "cn"] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];
/** Where a passport does not say which law it is under. */
export const DEFAULT_JURISDICTION: Jurisdiction = "eu";

/** Whoever signed a record knows it already, and may need its own copy again. */
const AUTHORS: TierRule = { readers: ["its-author"], points: [1, 2, 3, 4], source: "the record's own signers" };

/** Every policy that was or is in force. */
export const TIER_POLICIES: readonly TierPolicy[] = [
  {
    id: "eu/1",
    jurisdiction: "eu",
    validFrom: "2023-08-17",
    rules: [
      {
        readers: ["REGULATOR"],
        points: [1, 2, 3],
        source: "Regulation (EU) 2023/1542, Art. 77(2)(b), Annex XIII 2, 3",
      },
      {
        readers: ["DISMANTLER", "SECOND_LIFE", "RECYCLER", "TEST_LAB"],
        points: [1, 2],
        source: "Regulation (EU) 2023/1542, Art. 77(2)(c), Annex XIII 2",
      },
      {
        // Authorities are not named for point 4: the state of one battery concerns those who have to do with it.
        readers: ["its-custodian", "its-receiver", "its-grantee"],
        points: [1, 4],
        source: "Regulation (EU) 2023/1542, Art. 77(2)(c), Annex XIII 4",
      },
      AUTHORS,
    ],
  },
  {
    id: "cn/1",
    jurisdiction: "cn",
    validFrom: "2026-04-01",
    rules: [
      {
        readers: ["REGULATOR"],
        records: ["mint", "handover", "transformation", "closure", "vehicle", "repair", "dispatch", "report"],
        source:
          "新能源汽车动力蓄电池回收利用溯源管理暂行规定 (2018): what is reported to the competent authority; " +
          "the measures of 1 April 2026 tie the same stages to the digital identity",
      },
      {
        readers: ["DISMANTLER", "SECOND_LIFE", "RECYCLER"],
        points: [1, 2],
        source: "新能源汽车动力蓄电池回收利用管理暂行办法 (2018): makers tell how to remove and dismantle",
      },
      {
        readers: ["its-custodian", "its-receiver", "its-grantee"],
        points: [1, 4],
        source: "the parties to the item; no rule of the region names more",
      },
      AUTHORS,
    ],
  },
];

/** True for a jurisdiction that has a policy. */
export const isJurisdiction = (value: unknown): value is Jurisdiction =>
  (JURISDICTIONS as readonly unknown[]).includes(value);

/**
 * The policy of a jurisdiction on a day (YYYY-MM-DD): the latest that had begun. Throws `policy-missing` for a day
 * before the first.
 */
export function policyOn(
  jurisdiction: Jurisdiction,
  day: string,
  policies: readonly TierPolicy[] = TIER_POLICIES,
): TierPolicy {
  const begun = policies.filter((policy) => policy.jurisdiction === jurisdiction && policy.validFrom <= day);
  const latest = begun.reduce<TierPolicy | undefined>(
    (best, policy) => (best === undefined || policy.validFrom > best.validFrom ? policy : best),
    undefined,
  );
  if (latest !== undefined) return latest;
  throw new DomainError("policy-missing", "No access policy of this jurisdiction was in force on that day.", {
    jurisdiction,
    day,
  });
}

/** Whether somebody who stands so to a passport may read a field of that point, in a record of that kind. */
export function mayRead(
  policy: TierPolicy,
  standings: ReadonlySet<Standing>,
  field: { readonly kind: string; readonly point: AnnexPoint },
): boolean {
  return policy.rules.some(
    ({ readers, points = [], records = [] }) =>
      (points.includes(field.point) || records.includes(field.kind)) && readers.some((reader) => standings.has(reader)),
  );
}
