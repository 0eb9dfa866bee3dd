import { demanded, type FieldSpecs, type Relation, shown } from "./fieldSpec.ts";
import { mintIdentity } from "./mintIdentity.ts";
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

/**
 * Model data that Regulation (EU) 2023/1542, Annex XIII, point 1 makes public, with the label data of Annex VI, part A
 * that it refers to. The legal status (point 4 (c)) and everything else of points 2 to 4 must never be listed here.
 */
const MODEL: FieldSpecs = {
  "model.manufacturer": shown("text"), // Annex VI A (1)
  "model.manufacturerAddress": shown("text"),
  "model.manufacturerContact": shown("text"),
  "model.category": shown("category"), // Annex VI A (2)
  "model.modelId": shown("text"),
  "model.mass": shown("mass"), // Annex VI A (5)
  "model.chemistry": shown("text"), // Annex VI A (7)
  "model.hazardousSubstances[*]": shown("text"), // Annex VI A (8)
  "model.extinguishingAgent": shown("text"), // Annex VI A (9)
  "model.criticalRawMaterials[*]": shown("text"), // Annex VI A (10)
  "model.carbonFootprint": shown("carbon-intensity"), // 1 (c)
  "model.carbonFootprintDeclaration": shown("text"),
  "model.dueDiligenceReport": shown("text"), // 1 (d)
  "model.recycledContent.cobalt": shown("ratio"), // 1 (e)
  "model.recycledContent.lithium": shown("ratio"),
  "model.recycledContent.nickel": shown("ratio"),
  "model.recycledContent.lead": shown("ratio"),
  "model.renewableContent": shown("ratio"), // 1 (f)
  "model.ratedCapacity": shown("capacity"), // 1 (g)
  "model.ratedEnergy": shown("energy"),
  "model.minimumVoltage": shown("voltage"), // 1 (h)
  "model.nominalVoltage": shown("voltage"),
  "model.maximumVoltage": shown("voltage"),
  "model.originalPower": shown("power"), // 1 (i)
  "model.powerLimit": shown("power"),
  "model.expectedCycles": shown("count"), // 1 (j)
  "model.cycleLifeTest": shown("text"),
  "model.exhaustionThreshold": shown("ratio"), // 1 (k)
  "model.storageTemperature.minimum": shown("temperature"), // 1 (l)
  "model.storageTemperature.maximum": shown("temperature"),
  "model.warrantyPeriod": shown("duration"), // 1 (m)
  "model.roundTripEfficiency": shown("ratio"), // 1 (n)
  "model.roundTripEfficiencyAtHalfLife": shown("ratio"),
  "model.cellResistance": shown("resistance"), // 1 (o)
  "model.packResistance": shown("resistance"),
  "model.cycleTestRate": shown("c-rate"), // 1 (p)
  "model.markings[*]": shown("text"), // 1 (q)
  "model.declarationOfConformity": shown("text"), // 1 (r)
  "model.wasteInformation": shown("text"), // 1 (s)
  "model.instructionsForUse": shown("text"), // 1 (t)
};

/** Every type of record, as data. A type never changes its list: a wider one is a new version, `mint/2`. */
export const RECORD_TYPES = {
  "mint/1": {
    fields: {
      ...ENVELOPE,
      uid: demanded("uid"), // Art. 77(3)
      batteryCode: shown("battery-code"),
      level: shown("level"),
      ...MODEL,
      "manufacturing.place": shown("text"), // Annex VI A (3)
      "manufacturing.date": shown("date"), // Annex VI A (4)
    },
    relations: [mintIdentity],
    padTo: 16,
  },
  "handover/1": SEALED,
  "withdrawal/1": SEALED,
  // The outputs are new items with passports of their own (Art. 77(7)), so what is public of a mint is public of them.
  // What was turned into what the chain shows; the codes of the originals stay with the product (GB/T 34014).
  "transformation/1": {
    fields: {
      ...ENVELOPE,
      uid: shown("uid"),
      batteryCode: shown("battery-code"),
      "originalCodes[*]": shown("battery-code"),
      level: shown("level"),
      ...MODEL,
      "manufacturing.place": shown("text"),
      "manufacturing.date": shown("date"),
    },
    relations: [mintIdentity],
    padTo: 16,
  },
  "closure/1": SEALED,
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

/** True for a type that this version knows. */
export function isRecordType(type: unknown): type is RecordType {
  return typeof type === "string" && Object.hasOwn(RECORD_TYPES, type);
}

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
