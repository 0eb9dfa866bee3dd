import { isObject } from "../records/fieldRules.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { type AnnexPoint, CATEGORIES, type Category, type DataPoint, type Duty, type Place } from "./dataPoint.ts";
import { DATA_POINTS } from "./dataPoints.ts";

/** What is known of one record: its type without version or its kind, and its fields. */
export interface KnownRecord {
  readonly record: string;
  readonly fields: JsonObject;
}

/**
 * How a data point stands:
 * `present`; `missing` (mandatory and not there); `absent` (not there, and only the maker knows whether it applies);
 * `withheld-or-missing` (the reader may not see this point, and is not told which); `not-yet-required`;
 * `premature` (filled before its format is adopted); `not-applicable`.
 */
export type PointState =
  | "present"
  | "missing"
  | "absent"
  | "withheld-or-missing"
  | "not-yet-required"
  | "premature"
  | "not-applicable";

export interface JudgedPoint {
  readonly number: number;
  readonly name: string;
  readonly article: string;
  readonly point: AnnexPoint;
  readonly duty: Duty;
  readonly state: PointState;
}

export interface Readiness {
  readonly category: Category;
  /** True when no mandatory point is missing, false when one is, null when the reader may not see all of them. */
  readonly complete: boolean | null;
  readonly points: readonly JudgedPoint[];
}

/**
 * Holds what is known of a passport against the data points of a category. A point of a tier that the reader may not
 * see has one state whether it is filled or not, so that the report says nothing about withheld values.
 */
export function judgeReadiness(
  category: Category,
  known: readonly KnownRecord[],
  visible: ReadonlySet<AnnexPoint>,
): Readiness {
  const points = DATA_POINTS.map((dataPoint): JudgedPoint => {
    const { number, name, article, point, duties } = dataPoint;
    const duty = duties[category];
    return { number, name, article, point, duty, state: stateOf(dataPoint, duty, known, visible) };
  });
  const has = (state: PointState) => points.some((one) => one.duty === "mandatory" && one.state === state);
  return { category, complete: has("missing") ? false : has("withheld-or-missing") ? null : true, points };
}

/** The categories to judge by: the battery's own, or all where it names none that has a passport. */
export function categoriesOf(category: JsonValue | undefined): readonly Category[] {
  const own = CATEGORIES.find((one) => one === category);
  return own === undefined ? CATEGORIES : [own];
}

function stateOf(
  { point, places }: DataPoint,
  duty: Duty,
  known: readonly KnownRecord[],
  visible: ReadonlySet<AnnexPoint>,
): PointState {
  if (duty === "not-to-be-filled") return "not-applicable";
  if (!visible.has(point)) return "withheld-or-missing";
  const isPresent = places.some((place) => known.some((record) => isFilled(place, record)));
  if (duty === "pending") return isPresent ? "premature" : "not-yet-required";
  if (isPresent) return "present";
  return duty === "mandatory" ? "missing" : "absent";
}

function isFilled({ records, paths }: Place, { record, fields }: KnownRecord): boolean {
  return records.includes(record) && paths.every((path) => isSaid(valueAt(fields, path)));
}

function valueAt(fields: JsonObject, path: string): JsonValue | undefined {
  return path
    .split(".")
    .reduce<JsonValue | undefined>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      fields,
    );
}

/** An empty list says something (no hazardous substances); an empty object, text or null does not. */
function isSaid(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  return !isObject(value) || Object.keys(value).length > 0;
}
