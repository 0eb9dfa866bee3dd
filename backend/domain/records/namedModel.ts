import type { Hash, JsonObject } from "../types.ts";
import { breachOf } from "./fieldRules.ts";
import { isRecordType, specOf } from "./recordTypes.ts";

/**
 * The model's record that an item's first record names, as `readRecord` would read it; undefined where it names none.
 * @param record a record of any type, from anywhere: nothing else of it need be right
 */
export function namedModel(record: JsonObject | null): Hash | undefined {
  if (record === null || record.uid === undefined) return undefined;
  const { type, modelRecord } = record;
  if (!isRecordType(type) || specOf(type).fields.modelRecord === undefined) return undefined;
  return modelRecord === undefined || breachOf("hash", modelRecord) ? undefined : (modelRecord as Hash);
}

/**
 * An item's fields with its model's as its own: the model's record has them for every item that names it.
 * @param model fields of the record that `item` names; null where it names none, or nobody has it
 */
export function withModel(item: JsonObject, model: JsonObject | null): JsonObject {
  return model?.model === undefined ? item : { ...item, model: model.model };
}
