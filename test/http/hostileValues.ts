/** What strangers put where a value belongs, already encoded as it stands in an address. */
export const HOSTILE_SEGMENTS: readonly string[] = [
  "..%2f..%2f..%2fetc%2fpasswd",
  "%00",
  "%ff",
  "%E0%A4%A",
  "%2500",
  "%0d%0aset-cookie:%20a=b",
  "'%20OR%201=1--",
  "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
  "__proto__",
  "constructor",
  "toString",
  "-1",
  "1e9",
  "NaN",
  "9007199254740993",
  "0x",
  `0x${"g".repeat(40)}`,
  `0X${"AB".repeat(20)}`,
  `0x${"00".repeat(20)}`,
  `0x${"ff".repeat(32)}`,
  "%E2%80%8B%E2%80%AE",
  "%F0%9F%92%A5",
  "%EF%BC%90%EF%BC%91",
  "a".repeat(4_000),
  `${"a".repeat(60)}!`,
  "$..*",
  "https:%2F%2F169.254.169.254%2Flatest",
  "file:%2F%2F%2Fetc%2Fpasswd",
];

/** JSON text that stands in the place of a value; `undefined` leaves the member out. */
export const HOSTILE_JSON: readonly (string | undefined)[] = [
  undefined,
  "null",
  "true",
  "0",
  "-1",
  "-0",
  "1.5",
  "1e308",
  "9007199254740993",
  '""',
  '"x"',
  '" "',
  '"\\u202e\\u200b"',
  '"\\ud83d\\ude00"',
  '"__proto__"',
  `"0x${"ff".repeat(32)}"`,
  `"0x${"FF".repeat(20)}"`,
  `"${"9".repeat(3_000)}"`,
  '"https://169.254.169.254/latest/meta-data"',
  '"\' OR 1=1--"',
  "[]",
  "{}",
  '{"$ref":"#"}',
  "[[[[[[[[1]]]]]]]]",
];

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
};
export type Resolve = (reference: string) => Schema;

const MAX_DEPTH = 8;

/** A value of about the form that a schema asks for: close enough that a change of one place of it gets far. */
export function sampleOf(schema: Schema, resolve: Resolve, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  const inner = (one: Schema): unknown => sampleOf(one, resolve, depth + 1);
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf)?.[0];
  if (choice !== undefined) return inner(choice);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((one) => inner(one)));
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  if (type === "array") return [inner(schema.items ?? {})];
  if (type === "object" || schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, inner(one)]));
  }
  if (type === "integer" || type === "number") return Math.max(1, schema.minimum ?? 1);
  if (type === "boolean") return true;
  return textFor(schema.pattern);
}

/** Hex of the asked length is most of what has a pattern here. */
function textFor(pattern: string | undefined): string {
  const digits = /\{(\d+)\}/.exec(pattern ?? "")?.[1];
  if (pattern?.includes("0x") && digits !== undefined) return `0x${"1".repeat(Number(digits))}`;
  return pattern?.includes("0x") ? "0x11" : "text";
}

/** The JSON text of a value with one place of it replaced, for every place in it and every hostile value. */
export function* mutationsOf(value: unknown): Generator<string> {
  for (const path of placesOf(value)) {
    for (const hostile of HOSTILE_JSON) yield withPlace(value, path, hostile);
  }
}

function* placesOf(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield* placesOf(member, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

const MARK = "the hostile value stands here";

function withPlace(value: unknown, path: readonly (string | number)[], hostile: string | undefined): string {
  const changed = replaced(value, path, hostile === undefined ? undefined : MARK);
  return (JSON.stringify(changed) ?? "").replace(JSON.stringify(MARK), () => hostile ?? "");
}

function replaced(value: unknown, [step, ...rest]: readonly (string | number)[], by: string | undefined): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((member, i) => (i === step ? (replaced(member, rest, by) ?? null) : member));
  return { ...(value as object), [step]: replaced((value as Record<string, unknown>)[step], rest, by) };
}
