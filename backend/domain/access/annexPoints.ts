import type { JsonPath } from "../records/jsonPath.ts";
import { isRecordType, specOf } from "../records/recordTypes.ts";

/** A point of Regulation (EU) 2023/1542, Annex XIII: 1 is public, 2 to 4 are for ever fewer readers. */
export type AnnexPoint = 1 | 2 | 3 | 4;

/**
 * Points of withheld fields, by the path of the field or of a field around it. The nearest that is listed counts; what
 * nothing lists is the individual battery's, point 4, which has the fewest readers.
 */
const POINTS: ReadonlyMap<string, AnnexPoint> = new Map([
  ["model.composition", 2], // 2 (a)
  ["model.partNumbers", 2], // 2 (b)
  ["model.spareParts", 2],
  ["model.dismantling", 2], // 2 (c)
  ["model.safetyMeasures", 2], // 2 (d)
  ["model.testReports", 3], // 3
]);

const UNLISTED: AnnexPoint = 4;

/** The point of a field of a record, by the record's type and the field's place. */
export function annexPointOf(recordType: string, path: JsonPath): AnnexPoint {
  const pattern = patternOf(path);
  if (isRecordType(recordType) && specOf(recordType).fields[pattern]?.public) return 1;
  for (let length = path.length; length > 0; length--) {
    const point = POINTS.get(patternOf(path.slice(0, length)));
    if (point !== undefined) return point;
  }
  return UNLISTED;
}

/** A path as the record types' tables write it, `identifierPrefixes[*].scheme`. */
const patternOf = (path: JsonPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[*]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
