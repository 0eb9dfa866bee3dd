import { DomainError } from "../errors.ts";
import type { JsonValue } from "../types.ts";
import { formatJsonPath } from "./jsonPath.ts";
import { parsePlainJson } from "./plainJson.ts";

/** Deeper documents could exhaust the stack of some reader; no record of ours comes near. */
export const MAX_JSON_DEPTH = 64;

/** Most strings have none of these, and one look tells so. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const SUSPECT = /[\u0000\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Parses JSON (RFC 8259) from an untrusted sender. Unlike JSON.parse it refuses whatever two readers could
 * understand differently: duplicate names (`json-duplicate-key`), lone surrogates (`json-lone-surrogate`), NUL inside
 * strings (`json-nul-character`: PostgreSQL cannot store it), numbers beyond a double (`json-number-range`), more than
 * 64 levels (`json-too-deep`); a syntax error is `json-invalid`. The error's details carry `path` and `offset`.
 * A member named `__proto__` becomes an ordinary own property.
 */
export function parseJsonStrict(text: string): JsonValue {
  return parsePlainJson(text, MAX_JSON_DEPTH) ?? readJson(text);
}

/** The same without the short way, for the test that holds the two to each other. */
export function readJson(text: string): JsonValue {
  return new JsonReader(text).readDocument();
}

/** Sets an own property whatever its name: plain assignment to `__proto__` would change the prototype instead. */
export function setMember(target: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

/** Why a string may not stand in a document of ours, as an error code; undefined when it may. */
export function stringProblem(text: string): "json-nul-character" | "json-lone-surrogate" | undefined {
  if (!SUSPECT.test(text)) return undefined;
  if (text.includes("\u0000")) return "json-nul-character";
  return LONE_SURROGATE.test(text) ? "json-lone-surrogate" : undefined;
}

const PROBLEM_SENTENCES = {
  "json-nul-character": "A string contains the NUL character.",
  "json-lone-surrogate": "A string contains half of a surrogate pair.",
};

/** The error for a string that `stringProblem` refuses. */
export function stringError(problem: keyof typeof PROBLEM_SENTENCES, path: string): DomainError {
  return new DomainError(problem, PROBLEM_SENTENCES[problem], { path });
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  readonly #path: (string | number)[] = [];
  readonly #space = /[ \t\n\r]*/y;
  readonly #number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids exactly these unescaped
  readonly #plainCharacters = /[^"\\\u0000-\u001f]*/y;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): JsonValue {
    const value = this.#readValue();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#invalid("There is something after the end of the JSON document.");
    return value;
  }

  #readValue(): JsonValue {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#readObject();
      case "[":
        return this.#readArray();
      case '"':
        return this.#readString();
      case "t":
        return this.#readWord("true", true);
      case "f":
        return this.#readWord("false", false);
      case "n":
        return this.#readWord("null", null);
      default:
        return this.#readNumber();
    }
  }

  #readObject(): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.#enter();
    if (this.#take("}")) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#invalid("An object needs a member name in quotes here.");
      const name = this.#readString();
      this.#path.push(name);
      if (Object.hasOwn(object, name)) {
        throw this.#error("json-duplicate-key", "An object has two members of the same name.");
      }
      if (!this.#take(":")) throw this.#invalid("A member name needs a colon after it.");
      setMember(object, name, this.#readValue());
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#invalid("An object is not closed.");
    return object;
  }

  #readArray(): JsonValue {
    const array: JsonValue[] = [];
    this.#enter();
    if (this.#take("]")) return array;
    do {
      this.#path.push(array.length);
      array.push(this.#readValue());
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("]")) throw this.#invalid("An array is not closed.");
    return array;
  }

  /** The path has one step per open container, so its length is the depth. */
  #enter(): void {
    if (this.#path.length >= MAX_JSON_DEPTH) {
      throw this.#error("json-too-deep", `The document is nested more than ${MAX_JSON_DEPTH} levels deep.`);
    }
    this.#at++;
  }

  #readString(): string {
    this.#at++;
    let value = "";
    for (;;) {
      value += this.#match(this.#plainCharacters);
      const stop = this.#text[this.#at++];
      if (stop === '"') break;
      if (stop !== "\\") throw this.#invalid("A string is not closed, or has an unescaped control character.");
      value += this.#readEscape();
    }
    const problem = stringProblem(value);
    if (problem) throw stringError(problem, formatJsonPath(this.#path));
    return value;
  }

  #readEscape(): string {
    const letter = this.#text[this.#at++] ?? "";
    if (letter !== "u") {
      const character = ESCAPES[letter];
      if (character === undefined) throw this.#invalid("A string has an unknown escape.");
      return character;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#invalid("A string has a broken unicode escape.");
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #readNumber(): number {
    const digits = this.#match(this.#number);
    if (digits === "") throw this.#invalid("A value is missing or is not JSON.");
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#error("json-number-range", "A number is larger than a double can hold.");
    return value;
  }

  #readWord<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#invalid("A value is missing or is not JSON.");
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    this.#match(this.#space);
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #invalid(sentence: string): DomainError {
    return this.#error("json-invalid", sentence);
  }

  #error(code: string, sentence: string): DomainError {
    return new DomainError(code, sentence, { path: formatJsonPath(this.#path), offset: this.#at });
  }
}
