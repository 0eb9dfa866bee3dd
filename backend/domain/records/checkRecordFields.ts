import { chemistryLetter, decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { isPassportId, issuerOf, passportIdOf } from "../identifiers/passportId.ts";
import type { JsonObject, JsonValue, Uid } from "../types.ts";
import { membersOf } from "./allowList.ts";
import { breach, breachOf, isDate, isObject, isTime, quantityBreach, type RuleBreach } from "./fieldRules.ts";
import { formatJsonPath, type JsonPath } from "./jsonPath.ts";
import { type RecordType, specOf } from "./recordTypes.ts";

/** Something wrong with one field. */
export interface FieldProblem extends RuleBreach {
  /** JSONPath of the field, `$.model.mass`. */
  readonly path: string;
}

/**
 * Checks the full fields of a record, withheld ones included, against the rules of its type and against what holds in
 * every record: quantities are `{value, unit}` and only counts are bare numbers, dates and times ISO 8601, mass and money decimals as text. Returns
 * every problem, in document order within each check; empty when there is none. Never throws.
 */
export function checkRecordFields(type: RecordType, fields: JsonObject): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  const note = (path: JsonPath, found: RuleBreach | undefined) => {
    const text = formatJsonPath(path);
    if (found && !problems.has(text)) problems.set(text, { path: text, ...found });
  };
  note(["type"], fields.type === type ? undefined : breach("type", `The type is ${type}.`));
  for (const [pattern, spec] of Object.entries(specOf(type).fields)) {
    const places = placesOf(fields, pattern);
    if (spec.required && places.length === 0) note(pattern.split("."), breach("required", "The field is missing."));
    for (const [path, value] of places) note(path, breachOf(spec.rule, value));
  }
  walk(fields, [], note);
  if (type === "mint/1") checkIdentity(fields, note);
  return [...problems.values()];
}

type Note = (path: JsonPath, found: RuleBreach | undefined) => void;

/** Every value that a path with `[*]` means. */
function placesOf(root: JsonValue, pattern: string): [JsonPath, JsonValue][] {
  let places: [JsonPath, JsonValue][] = [[[], root]];
  for (const step of pattern.replaceAll("[*]", ".*").split(".")) {
    places = places.flatMap(([path, value]) => {
      if (typeof value !== "object" || value === null) return [];
      const members = membersOf(value).filter(([own]) => (step === "*" ? typeof own === "number" : own === step));
      return members.map(([own, member]): [JsonPath, JsonValue] => [[...path, own], member]);
    });
  }
  return places;
}

/** What a field's name promises: `…Date` and `…On` a date, `…At` a moment; with a unit it is a quantity. */
function walk(value: JsonValue, path: JsonPath, note: Note): void {
  const name = path.at(-1);
  if (typeof name === "string" && typeof value !== "object") {
    if (/(?:^d|D)ate$|[a-z]On$/.test(name) && !isDate(value)) {
      note(path, breach("date", "The field is a date that exists, YYYY-MM-DD or YYYY-MM."));
    }
    if (/[a-z]At$/.test(name) && !isTime(value)) {
      note(path, breach("time", "The field is a moment with its offset, like 2026-03-01T12:00:00Z."));
    }
  }
  if (typeof value === "number" && !Number.isInteger(value)) {
    note(path, breach("unit-missing", "A number that counts nothing is an object of value and unit."));
  }
  if (typeof value !== "object" || value === null) return;
  if (isObject(value) && Object.hasOwn(value, "unit")) {
    note(path, quantityBreach(value));
    return;
  }
  for (const [step, member] of membersOf(value)) walk(member, [...path, step], note);
}

/** The subject derives from the uid, and the battery code agrees with the uid and with what is declared. */
function checkIdentity(fields: JsonObject, note: Note): void {
  const { subject, uid, batteryCode, level, model } = fields;
  if (isPassportId(subject) && typeof uid === "string" && passportIdOfSubject(subject, uid) !== subject) {
    note(["subject"], breach("subject-derives-from-uid", "The passport id does not derive from the uid."));
  }
  if (typeof batteryCode !== "string" || breachOf("battery-code", batteryCode)) return;
  const code = decodeBatteryCode(batteryCode);
  if (typeof level === "string" && level !== (code.cascadeLevel ?? code.level)) {
    note(["level"], breach("battery-code-level", "The level differs from the battery code's."));
  }
  const chemistry = isObject(model) ? model.chemistry : undefined;
  const expected = typeof chemistry === "string" ? chemistryLetter(chemistry) : undefined;
  if (expected !== undefined && expected !== code.chemistry) {
    note(["model", "chemistry"], breach("battery-code-chemistry", "The chemistry differs from the battery code's."));
  }
}

function passportIdOfSubject(subject: string, uid: string): string | undefined {
  const issuer = isPassportId(subject) ? issuerOf(subject) : 0;
  return issuer === 0 ? undefined : passportIdOf(issuer, uid as Uid);
}
