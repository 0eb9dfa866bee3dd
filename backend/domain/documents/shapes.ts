/** What a value of a partner's document must be: the whole of a format is one such tree, data without code. */
export type Shape =
  | { readonly is: "text"; readonly oneOf?: readonly string[]; readonly form?: TextForm; readonly maxLength?: number }
  | { readonly is: "number"; readonly min?: number; readonly max?: number }
  | { readonly is: "flag" }
  | { readonly is: "list"; readonly of: Shape; readonly unique?: true }
  | { readonly is: "object"; readonly members: ReadonlyMap<string, Member> };

export interface Member {
  readonly shape: Shape;
  readonly required: boolean;
}

/** A form that text must have; the name stands in the problem. */
export interface TextForm {
  readonly rule: "pattern" | "format";
  readonly name: string;
  readonly holds: (text: string) => boolean;
}

export const TEXT: Shape = { is: "text" };
export const NUMBER: Shape = { is: "number" };
export const FLAG: Shape = { is: "flag" };
export const PERCENT: Shape = { is: "number", min: 0, max: 100 };

export const oneOf = (...values: readonly string[]): Shape => ({ is: "text", oneOf: values });
export const between = (min: number, max: number): Shape => ({ is: "number", min, max });
export const atLeast = (min: number): Shape => ({ is: "number", min });
export const listOf = (shape: Shape): Shape => ({ is: "list", of: shape });
export const setOf = (shape: Shape): Shape => ({ is: "list", of: shape, unique: true });
export const atMost = (maxLength: number): Shape => ({ is: "text", maxLength });

/** Text in a named form. The pattern finds its match anywhere, unless it has anchors of its own. */
export const text = (name: string, pattern: RegExp): Shape => ({
  is: "text",
  form: { rule: "pattern", name, holds: (value) => pattern.test(value) },
});

export const formatted = (name: string, holds: (value: string) => boolean): Shape => ({
  is: "text",
  form: { rule: "format", name, holds },
});

/** An object; a name that ends in `?` may be missing. Members that are not listed are allowed: these formats are open. */
export function object(members: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(members).map(([name, shape]): [string, Member] =>
    name.endsWith("?") ? [name.slice(0, -1), { shape, required: false }] : [name, { shape, required: true }],
  );
  return { is: "object", members: new Map(entries) };
}
