import type { JsonValue } from "../types.ts";

/**
 * Which fields of a record may stand in clear, as a tree along the document. A name that is not in the tree is
 * withheld, so a field that nobody thought of stays private.
 */
export interface AllowList {
  readonly isPublic: boolean;
  readonly members: ReadonlyMap<string | symbol, AllowList>;
}

interface GrowingAllowList {
  isPublic: boolean;
  members: Map<string | symbol, GrowingAllowList>;
}

/** Stands for every position of an array. No text, or an object's member of that name would pass for one. */
const ANY_POSITION = Symbol("any position");

/** Builds the tree from paths like `model.mass` and `identifierPrefixes[*].scheme`. */
export function allowListOf(publicPaths: readonly string[]): AllowList {
  const root: GrowingAllowList = { isPublic: false, members: new Map() };
  for (const path of publicPaths) {
    let node = root;
    for (const name of path.replaceAll("[*]", ".*").split(".")) {
      const step = name === "*" ? ANY_POSITION : name;
      const next = node.members.get(step) ?? { isPublic: false, members: new Map() };
      node.members.set(step, next);
      node = next;
    }
    node.isPublic = true;
  }
  return root;
}

/** The part of the list that speaks of one member or position of a value. */
export function allowListAt(list: AllowList | undefined, step: string | number): AllowList | undefined {
  return list?.members.get(typeof step === "number" ? ANY_POSITION : step);
}

/**
 * A value that is shown or withheld as one: scalars, empty containers, and quantities `{value, unit}`, because a
 * number without its unit proves nothing.
 */
export function isLeaf(value: JsonValue): boolean {
  if (value === null || typeof value !== "object") return true;
  const members = Object.entries(value);
  if (members.length === 0) return true;
  const isScalar = (name: string) => members.some(([own, member]) => own === name && typeof member !== "object");
  return !Array.isArray(value) && members.length === 2 && isScalar("value") && isScalar("unit");
}

/** True when some leaf inside `value` (or the value itself) may stand in clear. */
export function permitsAny(list: AllowList | undefined, value: JsonValue): boolean {
  if (list === undefined) return false;
  if (isLeaf(value)) return list.isPublic;
  return membersOf(value).some(([step, member]) => permitsAny(allowListAt(list, step), member));
}

/** Members of an object by name, elements of an array by position. */
export function membersOf(value: JsonValue): readonly (readonly [string | number, JsonValue])[] {
  return Array.isArray(value) ? [...(value as readonly JsonValue[]).entries()] : Object.entries(value ?? {});
}
