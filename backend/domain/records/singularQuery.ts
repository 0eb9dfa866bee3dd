import { DomainError } from "../errors.ts";
import type { JsonValue } from "../types.ts";
import type { JsonPath } from "./jsonPath.ts";

/** RFC 9535, 2.5.1.1: what a name may be without quotes. Everything beyond ASCII but surrogates may stand in it. */
const SHORTHAND = /[A-Za-z_\u{80}-\u{d7ff}\u{e000}-\u{10ffff}][A-Za-z0-9_\u{80}-\u{d7ff}\u{e000}-\u{10ffff}]*/uy;
/** No zero in front, no minus zero (RFC 9535, 2.3.3.1). */
const INDEX = /(?:0|-?[1-9]\d*)(?=[ \t\n\r]*\])/y;
const BLANKS = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "/": "/",
  "\\": "\\",
};
/** A scalar value in UTF-16: a surrogate half alone names no character. */
const UNICODE_ESCAPE =
  /([0-9A-CEFa-cef][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})|([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/y;

/**
 * Reads a JSONPath that names exactly one place: a *singular query* of RFC 9535, 2.3.5.1, all of its grammar: `$`, then
 * names (`.mass`, `['mass']`, `["mass"]` with every escape) and positions (`[0]`, `[-1]` from the end), with blanks
 * between them. Negative positions are kept as they are, see `valueAt`.
 * Throws `json-path-not-singular` for a query that may name several places (wildcard, descendants, slice, filter,
 * several selectors), and `json-path-malformed` with the position of what cannot be read.
 */
export function parseSingularQuery(text: string): JsonPath {
  const reader = new Reader(text);
  if (!reader.take("$")) throw reader.malformed("A path starts with $.");
  const path: (string | number)[] = [];
  while (!reader.ended()) {
    // Blanks may stand before a segment, and nowhere at the end (RFC 9535, 2.1.1).
    reader.match(BLANKS);
    path.push(readSegment(reader));
  }
  return path;
}

/**
 * The value at a place of a document; undefined when there is none. A name finds nothing in an array and a position
 * nothing in an object (RFC 9535, 2.3), and what the language adds to objects is not part of the document.
 */
export function valueAt(document: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) value = typeof step === "number" ? (value as readonly JsonValue[]).at(step) : undefined;
    else if (typeof step === "string" && Object.hasOwn(value, step))
      value = (value as { [name: string]: JsonValue })[step];
    else return undefined;
  }
  return value;
}

function readSegment(reader: Reader): string | number {
  if (reader.take("..")) throw reader.notSingular("descendants (..)");
  if (reader.take(".")) {
    if (reader.take("*")) throw reader.notSingular("a wildcard (*)");
    return reader.match(SHORTHAND) ?? fail(reader.malformed("After a dot comes a name; others go into ['…']."));
  }
  if (!reader.take("[")) throw reader.malformed("A step is .name, ['name'] or [position].");
  reader.match(BLANKS);
  const step = readSelector(reader);
  reader.match(BLANKS);
  if (reader.take(",")) throw reader.notSingular("several selectors (,)");
  if (!reader.take("]")) throw reader.malformed("A bracket is not closed.");
  return step;
}

function readSelector(reader: Reader): string | number {
  if (reader.take("*")) throw reader.notSingular("a wildcard (*)");
  if (reader.take("?")) throw reader.notSingular("a filter (?)");
  for (const quote of ["'", '"']) if (reader.take(quote)) return readQuoted(reader, quote);
  if (reader.looksAt(/-?\d*[ \t\n\r]*:/y)) throw reader.notSingular("a slice (:)");
  // Several selectors are told from a bad position by their comma.
  if (reader.looksAt(/-?\d+[ \t\n\r]*,/y)) throw reader.notSingular("several selectors (,)");
  const position = Number(reader.match(INDEX) ?? Number.NaN);
  if (Number.isSafeInteger(position)) return position;
  throw reader.malformed("In brackets stands a name in quotes or a whole number.");
}

function readQuoted(reader: Reader, quote: string): string {
  let name = "";
  for (;;) {
    const character = reader.next() ?? fail(reader.malformed("A name's quotes are not closed."));
    if (character === quote) return name;
    if (character < " ") throw reader.malformed("A control character in a name must be escaped.");
    name += character === "\\" ? readEscape(reader, quote) : character;
  }
}

function readEscape(reader: Reader, quote: string): string {
  const letter = reader.next();
  if (letter === quote) return quote;
  if (letter === "u") {
    const digits = reader.match(UNICODE_ESCAPE) ?? fail(reader.malformed("A \\u escape names no character."));
    return String.fromCharCode(...digits.split("\\u").map((unit) => Number.parseInt(unit, 16)));
  }
  const meant = letter === undefined || !Object.hasOwn(ESCAPES, letter) ? undefined : ESCAPES[letter];
  return meant ?? fail(reader.malformed("An escape in a name is unknown."));
}

function fail(error: DomainError): never {
  throw error;
}

/** A text with a position in it. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  ended(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, surrogate pairs as one. */
  next(): string | undefined {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined) return undefined;
    const character = String.fromCodePoint(point);
    this.#at += character.length;
    return character;
  }

  take(word: string): boolean {
    const isThere = this.#text.startsWith(word, this.#at);
    if (isThere) this.#at += word.length;
    return isThere;
  }

  looksAt(sticky: RegExp): boolean {
    sticky.lastIndex = this.#at;
    return sticky.test(this.#text);
  }

  /** What the sticky pattern matches here; undefined, and no step further, when it does not. */
  match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  malformed(sentence: string): DomainError {
    return new DomainError("json-path-malformed", sentence, { path: this.#text, at: this.#at });
  }

  notSingular(what: string): DomainError {
    const sentence = `The path uses ${what} and may name several places; one element has one place.`;
    return new DomainError("json-path-not-singular", sentence, { path: this.#text, at: this.#at });
  }
}
