import type { CustodyKind } from "../custody/events.ts";
import { codesLink } from "./codeLinks.ts";
import { CLOSURE, HANDOVER, TRANSFORMATION } from "./custodyFields.ts";
import { massBalances, parentsWeighInput, recoveredWithinContained, yesForbidsTravel } from "./custodyRelations.ts";
import { demanded, type FieldSpecs, oneOf, type Relation, shown } from "./fieldSpec.ts";
import { mintIdentity } from "./mintIdentity.ts";
import { ITEM, MANUFACTURING, MODEL, oneModel, WIDER_MODEL } from "./modelFields.ts";
import type { PadStep } from "./withhold.ts";

export interface RecordTypeSpec {
  readonly fields: FieldSpecs;
  readonly relations?: readonly Relation[];
  /** Digests are filled up to this many, so that their number does not betray what kind of thing is withheld. */
  readonly padTo?: PadStep;
}

const ENVELOPE = { type: demanded("text"), subject: demanded("passport-id") } as const;

/** Nothing but its subject in clear: the chain already says who did what to it and when. */
const SEALED: RecordTypeSpec = { fields: ENVELOPE, padTo: 16 };

/** Whose tiers and duties apply to an item; the access policies know the same words. */
const JURISDICTION = oneOf("eu", "cn");

/** Every type of record, as data. A type never changes its list: a wider one is a new version, `mint/2`. */
export const RECORD_TYPES = {
  "mint/1": {
    fields: {
      ...ENVELOPE,
      uid: demanded("uid"), // Art. 77(3)
      batteryCode: shown("battery-code"),
      level: shown("level"),
      ...MODEL,
      ...MANUFACTURING,
    },
    relations: [mintIdentity],
    padTo: 16,
  },
  "mint/2": {
    fields: {
      ...ENVELOPE,
      uid: demanded("uid"),
      batteryCode: shown("battery-code"),
      level: shown("level"),
      jurisdiction: shown(JURISDICTION),
      // What all items of a model share stands once, in a record of its own.
      modelRecord: shown("hash"),
      ...WIDER_MODEL,
      ...MANUFACTURING,
      ...ITEM,
    },
    relations: [mintIdentity, oneModel, codesLink],
    padTo: 16,
  },
  "model/1": {
    fields: { ...ENVELOPE, uid: demanded("uid"), ...WIDER_MODEL },
    relations: [mintIdentity],
    padTo: 16,
  },
  "handover/1": SEALED,
  "handover/2": { fields: { ...ENVELOPE, ...HANDOVER }, relations: [yesForbidsTravel], padTo: 16 },
  "withdrawal/1": SEALED,
  // The outputs are new items, and a look-up by identifier must find them; what was turned into what the chain shows.
  "transformation/1": {
    fields: { ...ENVELOPE, uid: shown("uid"), batteryCode: shown("battery-code"), level: shown("level") },
    relations: [mintIdentity],
    padTo: 16,
  },
  // The outputs have passports of their own (Art. 77(7)), so what is public of a mint is public of them; the codes of
  // the originals stay with the product (GB/T 34014).
  "transformation/2": {
    fields: {
      ...ENVELOPE,
      uid: shown("uid"),
      batteryCode: shown("battery-code"),
      "originalCodes[*]": shown("battery-code"),
      level: shown("level"),
      jurisdiction: shown(JURISDICTION),
      modelRecord: shown("hash"),
      ...WIDER_MODEL,
      ...MANUFACTURING,
      ...ITEM,
      ...TRANSFORMATION,
    },
    relations: [mintIdentity, oneModel, codesLink, massBalances, parentsWeighInput],
    padTo: 16,
  },
  "closure/1": SEALED,
  "closure/2": {
    fields: { ...ENVELOPE, ...CLOSURE },
    relations: [massBalances, recoveredWithinContained],
    padTo: 16,
  },
  "void/1": SEALED,
  "reassignment/1": SEALED,
  "participant/1": {
    fields: {
      type: demanded("text"),
      participantId: demanded("participant-id"),
      kind: demanded("slug"),
      "names.en": demanded("text"),
      "names.zh": shown("text"),
      "identifierPrefixes[*].scheme": shown("text"),
      "identifierPrefixes[*].prefix": shown("text"),
      country: shown("country"),
    },
  },
  // Wider than the others: all fields of the largest kind fit, so that no kind needs a step that another does not.
  "data/1": { fields: ENVELOPE, padTo: 32 },
} as const satisfies Record<string, RecordTypeSpec>;

export type RecordType = keyof typeof RECORD_TYPES;
/** A type that an item of a custody event can have. */
export type CustodyRecordType = Exclude<RecordType, "participant/1" | "data/1" | "model/1">;

/** True for a type that this version knows. */
export function isRecordType(type: unknown): type is RecordType {
  return typeof type === "string" && Object.hasOwn(RECORD_TYPES, type);
}

/** The kind of custody event, or `participant`, `data`, `model`: the type without its version. */
export function kindOfType(type: RecordType): string {
  return type.slice(0, type.indexOf("/"));
}

/** The newest type for a kind of custody event: what new records are made as. */
export function newestTypeOf(kind: CustodyKind): CustodyRecordType {
  const types = Object.keys(RECORD_TYPES).filter((type) => type.startsWith(`${kind}/`));
  return types.sort((a, b) => versionOf(b) - versionOf(a))[0] as CustodyRecordType;
}

const versionOf = (type: string): number => Number(type.slice(type.indexOf("/") + 1));

/** The specification of a type, with the width that the literal type hides. */
export function specOf(type: RecordType): RecordTypeSpec {
  return RECORD_TYPES[type];
}

/** The paths of a type's fields that stand in clear. */
export function publicPathsOf(type: RecordType): string[] {
  return Object.entries(specOf(type).fields)
    .filter(([, spec]) => spec.public)
    .map(([path]) => path);
}
