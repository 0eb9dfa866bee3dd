import { DomainError } from "../errors.ts";
import { decodeBatteryCode } from "../identifiers/batteryCode.ts";
import { type IdentifierPrefix, isIdentifierPrefix } from "../identifiers/identifierPrefix.ts";
import { isPassportId, issuerOf, passportIdOf } from "../identifiers/passportId.ts";
import { normaliseUid } from "../identifiers/uid.ts";
import type { Hash, JsonObject, JsonValue, ParticipantId, PassportId, Uid } from "../types.ts";
import { type AllowList, allowListAt, allowListOf, isLeaf, membersOf } from "./allowList.ts";
import { parseCanonicalJson } from "./canonicalJson.ts";
import { ALGORITHM_NAME, DIGEST_ALGORITHM, isReservedName } from "./disclosureCodec.ts";
import { reveal } from "./disclosures.ts";
import { breachOf, isObject } from "./fieldRules.ts";
import { formatJsonPath, type JsonPath } from "./jsonPath.ts";
import { isRecordType, kindOfType, publicPathsOf, type RecordType, specOf } from "./recordTypes.ts";

/** A record whose clear fields are known to have their form. `payload` is the record as hashed, digests included. */
export type ParsedRecord = CreationRecord | ModelRecord | ParticipantRecord | SubjectRecord;

/** Of an item that begins: minted, or made by a transformation. */
export interface CreationRecord {
  readonly type: "mint/1" | "mint/2" | "transformation/1" | "transformation/2";
  readonly subject: PassportId;
  readonly uid: Uid;
  /** GB/T 34014, upper case; undefined where the battery has none. */
  readonly batteryCode: string | undefined;
  /** Hash of the record with the data of the item's model; undefined where this record has them itself. */
  readonly modelRecord: Hash | undefined;
  readonly payload: JsonObject;
}

/** What all items of a model share. Records of creation name it by its hash, so whoever signs them signs for it. */
export interface ModelRecord {
  readonly type: "model/1";
  /** Derives from the model's own identifier, as a passport id does from an item's. */
  readonly subject: PassportId;
  readonly modelUid: Uid;
  readonly payload: JsonObject;
}

export interface ParticipantRecord {
  readonly type: "participant/1";
  readonly participantId: ParticipantId;
  readonly kind: string;
  readonly names: { readonly en: string; readonly zh?: string };
  readonly identifierPrefixes: readonly IdentifierPrefix[];
  readonly country: string | undefined;
  readonly payload: JsonObject;
}

/** Of an item that a custody event moves or ends, and data records: nothing in clear but what they are about. */
export interface SubjectRecord {
  readonly type: Exclude<RecordType, "mint/1" | "mint/2" | "model/1" | "participant/1">;
  readonly subject: PassportId;
  readonly payload: JsonObject;
}

/** Half of what a document may have, so that a record still fits inside a bundle or a response. */
const MAX_RECORD_DEPTH = 32;

/**
 * Parses a record's bytes from an untrusted sender. Throws the codes of `parseCanonicalJson` and of `readRecord`.
 * It does not check that the bytes have the hash somebody signed: compare `recordHash(bytes)`.
 */
export function parseRecord(bytes: Uint8Array): ParsedRecord {
  return readRecord(parseCanonicalJson(bytes));
}

/**
 * Reads a record that is already JSON. Throws `record-malformed` (no object, too deep, a clear field without its
 * form; details: path, rule), `record-type-unknown`, `record-subject-mismatch` (the subject of a creation does not
 * derive from its uid), the codes of `parseUid` for its uid and battery code, and for the digests `sd-algorithm-unknown`, `sd-malformed`, `sd-digest-repeated`.
 */
export function readRecord(payload: JsonValue): ParsedRecord {
  if (!isObject(payload)) throw malformed([], "object", "A record is an object.");
  requireDepth(payload, []);
  if (payload[ALGORITHM_NAME] !== DIGEST_ALGORITHM) {
    throw new DomainError("sd-algorithm-unknown", "A record names sha-256 as the algorithm of its digests.", {
      algorithm: payload[ALGORITHM_NAME],
    });
  }
  const { type } = payload;
  if (!isRecordType(type)) throw new DomainError("record-type-unknown", "The type of the record is unknown.", { type });
  reveal(payload, []);
  if (type === "participant/1") return readParticipant(payload);
  const subject = payload.subject;
  if (!isPassportId(subject)) throw malformed(["subject"], "passport-id", "The subject is not a passport id.");
  // A transformation has one record for each item: only those of its outputs name a new item.
  if (isCreationType(type) && (payload.uid !== undefined || type === "mint/1" || type === "mint/2")) {
    return readCreation(type, payload, subject);
  }
  if (type === "model/1") return { type, subject, modelUid: readUid(payload, subject), payload };
  return { type, subject, payload };
}

/**
 * The clear fields that the record's type does not list as public, also those that show no more than their name: that
 * a handover has a `damageReport` says enough. Empty for whatever `buildRecord` makes; a server refuses others before
 * it publishes them, because what was public once cannot be taken back.
 */
export function fieldsOutsideAllowList(record: ParsedRecord): string[] {
  const outside: string[] = [];
  const visit = (value: JsonValue, list: AllowList | undefined, path: JsonPath) => {
    if (list === undefined || isLeaf(value)) {
      if (!list?.isPublic) outside.push(formatJsonPath(path));
      return;
    }
    for (const [step, member] of membersOf(value)) {
      if (typeof step === "string" && isReservedName(step)) continue;
      visit(member, allowListAt(list, step), [...path, step]);
    }
  };
  visit(record.payload, allowListOf(publicPathsOf(record.type)), []);
  return outside;
}

/** True for the record of an item that begins: it names the item's identifiers. */
export const isCreationRecord = (record: ParsedRecord): record is CreationRecord => "uid" in record;

const isCreationType = (type: RecordType): type is CreationRecord["type"] =>
  kindOfType(type) === "mint" || kindOfType(type) === "transformation";

function readCreation(type: CreationRecord["type"], payload: JsonObject, subject: PassportId): CreationRecord {
  const uid = readUid(payload, subject);
  const { batteryCode, modelRecord } = payload;
  if (batteryCode !== undefined && !(typeof batteryCode === "string" && isSpelled(batteryCode))) {
    throw malformed(["batteryCode"], "battery-code", "The battery code is not text in upper case.");
  }
  // In the first versions the name means nothing: what a type makes public never changes.
  if (specOf(type).fields.modelRecord === undefined || modelRecord === undefined) {
    return { type, subject, uid, batteryCode, modelRecord: undefined, payload };
  }
  const found = breachOf("hash", modelRecord);
  if (found) throw malformed(["modelRecord"], found.rule, found.message);
  return { type, subject, uid, batteryCode, modelRecord: modelRecord as Hash, payload };
}

const isSpelled = (batteryCode: string): boolean => decodeBatteryCode(batteryCode).code === batteryCode;

function readUid({ uid }: JsonObject, subject: PassportId): Uid {
  if (typeof uid !== "string" || normaliseUid(uid) !== uid) {
    throw malformed(["uid"], "uid", "The uid is missing, or not in the one spelling of its scheme.");
  }
  // Otherwise a look-up by this uid would lead to a passport of another battery.
  if (issuerOf(subject) === 0 || passportIdOf(issuerOf(subject), uid as Uid) !== subject) {
    throw new DomainError("record-subject-mismatch", "The record's subject does not derive from its uid.", {
      subject,
      uid,
    });
  }
  return uid as Uid;
}

function readParticipant(payload: JsonObject): ParticipantRecord {
  const { participantId, kind, names, identifierPrefixes = [], country } = payload;
  for (const [name, rule] of [
    ["participantId", "participant-id"],
    ["kind", "slug"],
  ] as const) {
    const found = breachOf(rule, payload[name] ?? null);
    if (found) throw malformed([name], found.rule, found.message);
  }
  const { en, zh } = isObject(names) ? names : {};
  if (typeof en !== "string" || (zh !== undefined && typeof zh !== "string")) {
    throw malformed(["names"], "text", "A participant has a name in English, and may have one in Chinese.");
  }
  if (country !== undefined && breachOf("country", country)) {
    throw malformed(["country"], "country", "A country is two upper-case letters (ISO 3166-1).");
  }
  return {
    type: "participant/1",
    participantId: participantId as ParticipantId,
    kind: kind as string,
    names: zh === undefined ? { en } : { en, zh },
    identifierPrefixes: readPrefixes(identifierPrefixes),
    country: country as string | undefined,
    payload,
  };
}

function readPrefixes(prefixes: JsonValue): IdentifierPrefix[] {
  if (!Array.isArray(prefixes)) throw malformed(["identifierPrefixes"], "list", "Identifier prefixes are a list.");
  return (prefixes as readonly JsonValue[]).map((candidate, position) => {
    const { scheme, prefix } = isObject(candidate) ? candidate : {};
    const read = { scheme: String(scheme), prefix: typeof prefix === "string" ? prefix : "" };
    if (isIdentifierPrefix(read)) return read;
    throw malformed(
      ["identifierPrefixes", position],
      "identifier-prefix",
      "A prefix has a scheme and that scheme's form.",
    );
  });
}

function requireDepth(value: JsonValue, path: JsonPath): void {
  if (typeof value !== "object" || value === null) return;
  if (path.length >= MAX_RECORD_DEPTH)
    throw malformed(path, "depth", `A record has at most ${MAX_RECORD_DEPTH} levels.`);
  for (const [step, member] of membersOf(value)) requireDepth(member, [...path, step]);
}

function malformed(path: JsonPath, rule: string, sentence: string): DomainError {
  return new DomainError("record-malformed", sentence, { path: formatJsonPath(path), rule });
}
