import type { JsonValue } from "../../../backend/domain/types.ts";

type Path = readonly (string | number)[];

/** xorshift32: the same seed gives the same documents on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const OTHERS: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -1,
  100,
  100.5,
  200,
  200.001,
  -100.5,
  1e308,
  -1e30,
  32768,
  "",
  " ",
  "x",
  "unit:gram",
  "Reused",
  "re-used",
  "é😀",
  "😀".repeat(100),
  "a".repeat(101),
  "2025-02-30T00:00:00Z",
  "2025-02-28T12:00:00+01:00",
  "2000-01-01",
  "--13",
  "--12Z",
  "www@w.ab",
  "a_b@c.de",
  "urn:a:b",
  "urn:A:b",
  "http://[::1]/a",
  "not a uri",
  "12-34-5",
  "1-34-5",
  "customKey:a",
  "550e8400-e29b-41d4-a716-446655440000",
  [],
  {},
  [[]],
  { a: 1 },
];

/**
 * Documents that differ from a valid one in one to three places: a member removed, added, renamed, a value replaced by
 * another type or an odd text, a text longer, shorter or with a letter changed, an element doubled or a list emptied.
 */
export function* mutationsOf(
  original: JsonValue,
  count: number,
  seed: number,
): Generator<{ value: unknown; what: string }> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) {
    const root = { value: structuredClone(original) as unknown };
    const steps: string[] = [];
    for (let changes = i % 4 === 3 ? 1 + random(3) : 1; changes > 0; changes--) steps.push(mutate(root, random));
    yield { value: root.value, what: steps.join("; ") };
  }
}

/**
 * Every member of a document once without, once as null and once as an object, and every kind of text and number once
 * with each of `values`: none of the words and bounds of a format is left to chance. The document is changed in place
 * and restored after each step.
 */
export function* systematicMutationsOf(
  document: JsonValue,
  values: readonly (string | number)[],
): Generator<{ value: unknown; what: string }> {
  const root = { value: structuredClone(document) as unknown };
  const seen = new Set<string>();
  for (const path of [...pathsOf(root.value, ["value"])].slice(1)) {
    const parent = path.slice(0, -1).reduce((value, step) => (value as never)[step], root as unknown) as object;
    const name = path.at(-1) as keyof typeof parent;
    const old: unknown = parent[name];
    const kind = path
      .filter((step) => typeof step === "string")
      .slice(-2)
      .join(".");
    const fitting = seen.has(kind) ? [] : values.filter((value) => typeof value === typeof old);
    seen.add(kind);
    for (const other of [null, {}, ...fitting]) {
      Object.assign(parent, { [name]: other });
      yield { value: root.value, what: `${path.join(".")} became ${JSON.stringify(other)}` };
    }
    if (!Array.isArray(parent)) {
      delete parent[name];
      yield { value: root.value, what: `${path.join(".")} removed` };
    }
    Object.assign(parent, { [name]: old });
  }
}

function mutate(root: { value: unknown }, random: (below: number) => number): string {
  const paths = [...pathsOf(root.value, ["value"])];
  const path = paths[random(paths.length)] as Path;
  const name = path.at(-1) as string;
  const parent = path.slice(0, -1).reduce((value, step) => (value as never)[step], root as unknown) as Record<
    string,
    unknown
  >;
  const old = parent[name];
  const at = path.slice(1).join(".");
  switch (random(7)) {
    case 0:
      if (path.length === 1) break;
      if (Array.isArray(parent)) parent.splice(Number(name), 1);
      else delete parent[name];
      return `${at} removed`;
    case 1:
      if (typeof old !== "object" || old === null) break;
      if (Array.isArray(old)) old.push(structuredClone(old[0] ?? "x"));
      else (old as Record<string, unknown>).another = 1;
      return `${at} has one more`;
    case 2:
      if (typeof old !== "string") break;
      parent[name] = [`${old} `, ` ${old}`, old.slice(1), old.slice(0, -1), old.toUpperCase(), `${old}😀`][random(6)];
      return `${at} ${JSON.stringify(old)} became ${JSON.stringify(parent[name])}`;
    case 3:
      if (typeof old !== "string" || old === "") break;
      {
        const place = random(old.length);
        parent[name] = old.slice(0, place) + String.fromCharCode(32 + random(95)) + old.slice(place + 1);
      }
      return `${at} ${JSON.stringify(old)} became ${JSON.stringify(parent[name])}`;
    case 4:
      if (typeof old !== "number") break;
      parent[name] = [-old, old + 0.5, old * 1000, String(old), 0][random(5)];
      return `${at} became ${JSON.stringify(parent[name])}`;
    default:
      break;
  }
  parent[name] = structuredClone(OTHERS[random(OTHERS.length)]);
  return `${at} became ${JSON.stringify(parent[name])}`;
}

function* pathsOf(value: unknown, path: Path): Generator<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield* pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}
