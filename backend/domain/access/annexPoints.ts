import type { AnnexPoint } from "../dataPoints/dataPoint.ts";
import { pointOf } from "../dataPoints/pointOf.ts";
import type { JsonPath } from "../records/jsonPath.ts";
import { isRecordType, specOf } from "../records/recordTypes.ts";

/** What no data point covers is the individual battery's, point 4, which has the fewest readers. */
const UNLISTED: AnnexPoint = 4;

/**
 * The point of a field of a record: 1 for what its type shows, else that of the nearest data point at it or around it.
 * @param kind of a data record, where it is known
 */
export function annexPointOf(recordType: string, path: JsonPath, kind?: string): AnnexPoint {
  if (isRecordType(recordType) && specOf(recordType).fields[patternOf(path)]?.public) return 1;
  return pointOf(kind ?? recordType, path) ?? UNLISTED;
}

/** A path as the record types' tables write it, `identifierPrefixes[*].scheme`. */
const patternOf = (path: JsonPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[*]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
