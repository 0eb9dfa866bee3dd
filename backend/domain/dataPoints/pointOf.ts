import type { JsonPath } from "../records/jsonPath.ts";
import type { AnnexPoint } from "./dataPoint.ts";
import { DATA_POINTS } from "./dataPoints.ts";

/** By kind of record, then by path without positions: `mint` → `model.composition` → 2. */
const POINTS = new Map<string, Map<string, AnnexPoint>>();
for (const { places, point } of DATA_POINTS) {
  for (const { records, paths } of places) {
    for (const record of records) {
      const known = POINTS.get(record) ?? new Map<string, AnnexPoint>();
      POINTS.set(record, known);
      // Two data points may share a place; whoever may read the stricter one may read both.
      for (const path of paths) known.set(path, Math.max(point, known.get(path) ?? point) as AnnexPoint);
    }
  }
}

/** Kinds of data records that are about one thing as a whole, whatever field it is. */
const WHOLE: Readonly<Record<string, AnnexPoint>> = { certificate: 3, revocation: 3 };

/**
 * The point of Annex XIII that a field belongs to, by the nearest data point at it or around it; undefined for what is
 * inside none: the caller decides how strict to be about it.
 * @param record a record's type (`mint/2`), or for a data record its kind (`state-of-health`)
 * @param path of the field; positions of lists do not matter
 */
export function pointOf(record: string, path: JsonPath): AnnexPoint | undefined {
  const kind = record.split("/")[0] ?? record;
  if (Object.hasOwn(WHOLE, kind)) return WHOLE[kind];
  const names = path.filter((step) => typeof step === "string");
  for (let length = names.length; length > 0; length--) {
    const point = POINTS.get(kind)?.get(names.slice(0, length).join("."));
    if (point !== undefined) return point;
  }
  return undefined;
}
