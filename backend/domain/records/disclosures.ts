import { DomainError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import {
  ALGORITHM_NAME,
  DIGEST_ALGORITHM,
  DIGESTS_NAME,
  type Disclosure,
  decodeDisclosure,
  digestOfDisclosure,
  ELEMENT_NAME,
  isReservedName,
  malformed,
} from "./disclosureCodec.ts";
import { formatJsonPath, type JsonPath, parseJsonPath } from "./jsonPath.ts";
import { MAX_JSON_DEPTH, setMember } from "./jsonText.ts";

/** A withheld field that a disclosure proves. */
export interface DisclosedField {
  /** JSONPath in the full record. An array position is the one the author signed, also when neighbours stay hidden. */
  readonly path: string;
  /** The member's name; undefined for an array element. */
  readonly name: string | undefined;
  /** What is known of its value: members that are still withheld are missing from it. */
  readonly value: JsonValue;
  /** The digest that stands for it in the record (or in the disclosure of its parent). */
  readonly digest: string;
  /** The disclosure itself, as it was given. */
  readonly disclosure: string;
}

/**
 * Puts disclosed fields back into a record and proves each of them against its digests (RFC 9901, 7.1). `record` is
 * the parsed record, whose hash the caller has checked; the disclosures are untrusted, in any order.
 *
 * Returns the fields known now (without `_sd`, `_sd_alg` and hidden array elements) and what each disclosure proved.
 * Throws on the first disclosure that proves nothing: `disclosure-unknown` (made up, altered, from another record, or
 * its parent is missing), `disclosure-duplicate`, `disclosure-malformed`, `disclosure-name-reserved`,
 * `disclosure-name-collision`, `sd-digest-repeated`, `sd-malformed`, `sd-algorithm-unknown`, `json-too-deep`.
 */
export function reveal(
  record: JsonObject,
  disclosures: readonly string[],
): { value: JsonObject; disclosed: DisclosedField[] } {
  const { value, found } = openRecord(record, disclosures);
  const disclosed = found.map(({ path, ...field }) => ({ ...field, path: formatJsonPath(path) }));
  return { value, disclosed };
}

/**
 * The fewest disclosures that prove the field at `path` (`$.stateOfHealth`, or as people type it, `stateOfHealth`)
 * with everything inside it: its own, those of its members, and those of the parents that hide it. Empty when the
 * field stands in clear. Throws `field-unknown`, and whatever `reveal` throws.
 */
export function discloseOnly(disclosures: readonly string[], record: JsonObject, path: string): string[] {
  const wanted = parseJsonPath(path);
  const { found, known } = openRecord(record, disclosures);
  if (!known.some((place) => place.length === wanted.length && isWithin(place, wanted))) {
    throw new DomainError("field-unknown", "The record has no such field, or its disclosure is not at hand.", { path });
  }
  return found
    .filter((field) => isWithin(field.path, wanted) || isWithin(wanted, field.path))
    .map((field) => field.disclosure);
}

/**
 * The disclosures that show the fields which `permits` names, and nothing else: those of the fields without withheld
 * members of their own, and those of the parents that hide them, which say no more than names. In the order in which
 * they were found, parents first. Throws whatever `reveal` throws.
 */
export function discloseWhere(
  disclosures: readonly string[],
  record: JsonObject,
  permits: (path: JsonPath) => boolean,
): string[] {
  const { found } = openRecord(record, disclosures);
  const isInner = (field: FoundField) => found.some((other) => other !== field && isWithin(other.path, field.path));
  const shown = found.filter((field) => !isInner(field) && permits(field.path));
  return found.filter((field) => shown.some((one) => isWithin(one.path, field.path))).map((field) => field.disclosure);
}

/**
 * Digests of what goes when the given ones go: themselves, and every disclosure inside them, which would prove nothing
 * without its parent. Throws whatever `reveal` throws.
 */
export function digestsWithin(
  disclosures: readonly string[],
  record: JsonObject,
  digests: readonly string[],
): string[] {
  const { found } = openRecord(record, disclosures);
  const given = new Set(digests);
  const outer = found.filter(({ digest }) => given.has(digest));
  const inner = found.filter(({ path }) => outer.some((field) => isWithin(path, field.path)));
  return [...new Set([...digests, ...inner.map(({ digest }) => digest)])];
}

/** True when `path` is `ancestor` or lies inside it. */
function isWithin(path: JsonPath, ancestor: JsonPath): boolean {
  return path.length >= ancestor.length && ancestor.every((step, depth) => path[depth] === step);
}

interface FoundField {
  readonly path: JsonPath;
  readonly name: string | undefined;
  readonly digest: string;
  readonly disclosure: string;
  value: JsonValue;
}

interface OpenedRecord {
  readonly value: JsonObject;
  /** What each disclosure proved, parents before their members. */
  readonly found: readonly FoundField[];
  /** The place of every value that is known, in clear or disclosed. */
  readonly known: readonly JsonPath[];
}

function openRecord(record: JsonObject, disclosures: readonly string[]): OpenedRecord {
  const algorithm = record[ALGORITHM_NAME];
  if (algorithm !== undefined && algorithm !== DIGEST_ALGORITHM) {
    throw new DomainError("sd-algorithm-unknown", "The record's digests are by an unknown algorithm.", { algorithm });
  }
  const opening = new Opening(disclosures);
  const value = opening.openObject(record, []);
  opening.requireAllUsed();
  return { value, found: opening.found, known: opening.known };
}

class Opening {
  readonly found: FoundField[] = [];
  readonly known: JsonPath[] = [[]];
  readonly #unused = new Map<string, { disclosure: string; content: Disclosure }>();
  readonly #digestsSeen = new Set<string>();

  constructor(disclosures: readonly string[]) {
    for (const disclosure of disclosures) {
      const content = decodeDisclosure(disclosure);
      const digest = digestOfDisclosure(disclosure);
      if (this.#unused.has(digest)) {
        throw new DomainError("disclosure-duplicate", "The same disclosure is given twice.", { digest });
      }
      this.#unused.set(digest, { disclosure, content });
    }
  }

  openObject(source: JsonObject, path: JsonPath): JsonObject {
    const opened: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(source)) {
      const here = [...path, name];
      if (name === DIGESTS_NAME || (name === ALGORITHM_NAME && path.length === 0)) continue;
      if (isReservedName(name)) throw malformedRecord(here);
      setMember(opened, name, this.#open(value, here));
    }
    for (const digest of digestsOf(source, path)) {
      const hidden = this.#take(digest, path);
      if (!hidden) continue;
      const { name } = hidden.content;
      if (name === undefined) throw malformed(hidden.disclosure);
      if (Object.hasOwn(opened, name)) {
        const details = { digest, path: formatJsonPath([...path, name]) };
        throw new DomainError(
          "disclosure-name-collision",
          "A disclosure names a field that is there already.",
          details,
        );
      }
      setMember(opened, name, this.#openHidden(hidden, digest, [...path, name]));
    }
    return opened;
  }

  requireAllUsed(): void {
    for (const [digest, { content }] of this.#unused) {
      const sentence =
        "A disclosure belongs to no digest of this record: made up, altered, moved, or without its parent.";
      throw new DomainError("disclosure-unknown", sentence, { digest, name: content.name });
    }
  }

  #open(value: JsonValue, path: JsonPath): JsonValue {
    this.known.push(path);
    if (value === null || typeof value !== "object") return value;
    // Each disclosure may add a level, so a chain of them could be deeper than any document.
    if (path.length >= MAX_JSON_DEPTH) {
      const sentence = `The disclosed record is nested more than ${MAX_JSON_DEPTH} levels deep.`;
      throw new DomainError("json-too-deep", sentence, { path: formatJsonPath(path) });
    }
    return Array.isArray(value) ? this.#openArray(value, path) : this.openObject(value as JsonObject, path);
  }

  #openArray(elements: readonly JsonValue[], path: JsonPath): JsonValue {
    const opened: JsonValue[] = [];
    for (const [position, element] of elements.entries()) {
      const here = [...path, position];
      const digest = hiddenElement(element, here);
      if (digest === undefined) {
        opened.push(this.#open(element, here));
        continue;
      }
      const hidden = this.#take(digest, here);
      if (!hidden) continue;
      if (hidden.content.name !== undefined) throw malformed(hidden.disclosure);
      opened.push(this.#openHidden(hidden, digest, here));
    }
    return opened;
  }

  #openHidden(hidden: { disclosure: string; content: Disclosure }, digest: string, path: JsonPath): JsonValue {
    const { disclosure, content } = hidden;
    const field: FoundField = { path, name: content.name, digest, disclosure, value: null };
    this.found.push(field);
    field.value = this.#open(content.value, path);
    return field.value;
  }

  /** A digest that occurs twice would let one disclosure stand in two places (RFC 9901, 7.1, step 4). */
  #take(digest: string, path: JsonPath): { disclosure: string; content: Disclosure } | undefined {
    if (this.#digestsSeen.has(digest)) {
      throw new DomainError("sd-digest-repeated", "The record has the same digest in two places.", {
        digest,
        path: formatJsonPath(path),
      });
    }
    this.#digestsSeen.add(digest);
    const hidden = this.#unused.get(digest);
    this.#unused.delete(digest);
    return hidden;
  }
}

function digestsOf(source: JsonObject, path: JsonPath): readonly string[] {
  if (!Object.hasOwn(source, DIGESTS_NAME)) return [];
  const digests = source[DIGESTS_NAME];
  const isList = Array.isArray(digests) && digests.every(isDigest);
  if (!isList) throw malformedRecord([...path, DIGESTS_NAME]);
  return digests as readonly string[];
}

/** sha-256 in base64url. Anything else could not be disclosed, but could carry text where nobody looks for it. */
function isDigest(value: JsonValue | undefined): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** The digest of a withheld array element `{"...": digest}`; undefined for an element in clear. */
function hiddenElement(element: JsonValue, path: JsonPath): string | undefined {
  if (element === null || typeof element !== "object" || !Object.hasOwn(element, ELEMENT_NAME)) return undefined;
  const digest = (element as JsonObject)[ELEMENT_NAME];
  if (!isDigest(digest) || Object.keys(element).length !== 1) throw malformedRecord(path);
  return digest;
}

function malformedRecord(path: JsonPath): DomainError {
  const sentence = "The record uses a name of RFC 9901 in a way that the RFC does not allow.";
  return new DomainError("sd-malformed", sentence, { path: formatJsonPath(path) });
}
