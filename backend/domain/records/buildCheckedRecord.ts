import type { JsonObject } from "../types.ts";
import { type BuiltRecord, buildRecord } from "./buildRecord.ts";
import { requireRecordFields } from "./checkRecordFields.ts";
import type { RecordType } from "./recordTypes.ts";
import type { RandomBytes } from "./withhold.ts";

/**
 * Makes a record of a type from all its fields once they keep every rule of it, so that nothing is signed that an
 * operator would refuse. Throws the codes of `requireRecordFields` and of `buildRecord`.
 */
export function buildCheckedRecord(type: RecordType, fields: JsonObject, randomBytes: RandomBytes): BuiltRecord {
  requireRecordFields(type, { ...fields, type });
  return buildRecord(type, fields, randomBytes);
}
