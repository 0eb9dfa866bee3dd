import { sha256 } from "@noble/hashes/sha2.js";
import { DomainError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { type AllowList, allowListAt, allowListOf, isLeaf, membersOf, permitsAny } from "./allowList.ts";
import { toBase64url } from "./base64url.ts";
import { canonicalize } from "./canonicalJson.ts";
import {
  ALGORITHM_NAME,
  DIGEST_ALGORITHM,
  DIGESTS_NAME,
  digestOfDisclosure,
  ELEMENT_NAME,
  encodeDisclosure,
  isReservedName,
} from "./disclosureCodec.ts";
import { formatJsonPath, type JsonPath } from "./jsonPath.ts";
import { setMember } from "./jsonText.ts";

/** Gives that many bytes from a cryptographic source. A guessable salt lets a reader try values against a digest. */
export type RandomBytes = (length: number) => Uint8Array;

export interface WithholdOptions {
  /**
   * Fills the digests of the record with decoys up to this many, or the next step above, and those of every object inside
   * it that stands in clear up to 8, or the next step: so that their number says little, and none says nothing either.
   */
  readonly padTo?: PadStep;
}

export type PadStep = 16 | 32 | 64;
/** A model, the object that most is withheld of, has places for six. */
const NESTED_STEP = 8;
const PAD_STEPS: readonly number[] = [NESTED_STEP, 16, 32, 64];

const SALT_BYTES = 16;

/**
 * Splits fields into what everybody may read and what is disclosed one by one (RFC 9901). Every leaf that
 * `publicPaths` does not name exactly is withheld; objects and arrays inside a withheld field are withheld member by
 * member as well (recursive disclosures, RFC 9901, 4.2.6). Digests are sorted, so order says nothing.
 *
 * Returns the record (with `_sd` and `_sd_alg`) and the disclosures, parents before their members. Throws
 * `field-name-reserved`, `random-bytes-short`, and the codes of `canonicalize`.
 */
export function withhold(
  fields: JsonObject,
  publicPaths: readonly string[],
  randomBytes: RandomBytes,
  options: WithholdOptions = {},
): { record: JsonObject; disclosures: string[] } {
  canonicalize(fields);
  const split = new Withholding(randomBytes, options.padTo);
  const record = split.showObject(fields, allowListOf(publicPaths), []);
  setMember(record, ALGORITHM_NAME, DIGEST_ALGORITHM);
  return { record, disclosures: split.disclosures };
}

class Withholding {
  readonly disclosures: string[] = [];
  readonly #randomBytes: RandomBytes;
  readonly #padTo: PadStep | undefined;

  constructor(randomBytes: RandomBytes, padTo: PadStep | undefined) {
    this.#randomBytes = randomBytes;
    this.#padTo = padTo;
  }

  /** @param list undefined inside a disclosure, where nothing stands in clear and whoever reads may count */
  showObject(fields: JsonObject, list: AllowList | undefined, path: JsonPath): Record<string, JsonValue> {
    const shown: Record<string, JsonValue> = {};
    const digests: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const here = [...path, name];
      requireFreeName(name, here);
      const allowed = allowListAt(list, name);
      if (permitsAny(allowed, value)) setMember(shown, name, this.#show(value, allowed, here));
      else digests.push(this.#hide(name, value, here));
    }
    if (this.#padTo !== undefined && list !== undefined) {
      this.#pad(digests, path.length === 0 ? this.#padTo : NESTED_STEP);
    }
    if (digests.length > 0) setMember(shown, DIGESTS_NAME, digests.sort());
    return shown;
  }

  /** Called for values that the list permits at least in part. */
  #show(value: JsonValue, list: AllowList | undefined, path: JsonPath): JsonValue {
    if (isLeaf(value)) return value;
    if (!Array.isArray(value)) return this.showObject(value as JsonObject, list, path);
    return membersOf(value).map(([position, element]) => {
      const here = [...path, position];
      const allowed = allowListAt(list, position);
      if (permitsAny(allowed, element)) return this.#show(element, allowed, here);
      return { [ELEMENT_NAME]: this.#hide(undefined, element, here) };
    });
  }

  #hide(name: string | undefined, value: JsonValue, path: JsonPath): string {
    const place = this.disclosures.push("") - 1;
    const disclosure = encodeDisclosure({
      salt: toBase64url(this.#random(SALT_BYTES)),
      name,
      value: this.#seal(value, path),
    });
    this.disclosures[place] = disclosure;
    return digestOfDisclosure(disclosure);
  }

  /** The value inside a disclosure: nothing of it in clear but leaves. */
  #seal(value: JsonValue, path: JsonPath): JsonValue {
    if (isLeaf(value)) return value;
    if (!Array.isArray(value)) return this.showObject(value as JsonObject, undefined, path);
    return this.#show(value, undefined, path);
  }

  /** A decoy is the digest of bytes that nobody keeps (RFC 9901, 4.2.5). */
  #pad(digests: string[], padTo: number): void {
    const step = PAD_STEPS.find((size) => size >= padTo && size >= digests.length);
    const size = step ?? Math.ceil(digests.length / 64) * 64;
    while (digests.length < size) digests.push(toBase64url(sha256(this.#random(32))));
  }

  #random(length: number): Uint8Array {
    const bytes = this.#randomBytes(length);
    if (bytes.length !== length) {
      throw new DomainError("random-bytes-short", "The random source did not give as many bytes as asked for.", {
        asked: length,
        given: bytes.length,
      });
    }
    return bytes;
  }
}

function requireFreeName(name: string, path: JsonPath): void {
  if (!isReservedName(name)) return;
  throw new DomainError("field-name-reserved", "A field has a name that RFC 9901 keeps for itself.", {
    path: formatJsonPath(path),
  });
}
