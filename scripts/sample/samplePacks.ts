import { normaliseUid } from "../../backend/domain/identifiers/uid.ts";
import type { JsonObject } from "../../backend/domain/types.ts";
import { BATTERY_MAKER_CODE, GS1_COMPANY_PREFIX } from "./sampleFirms.ts";

const quantity = (value: string, unit: string): JsonObject => ({ value, unit });
const kilograms = (value: string): JsonObject => quantity(value, "kg");

/**
 * An NMC622 pack, 96s1p. The metals are 58.2 kWh times the kilograms per kWh of a pack of this chemistry (computed from
 * BatPaC's pack masses); copper is a rounder figure.
 */
const MODEL: JsonObject = {
  manufacturer: "Example Traction Batteries Ltd",
  manufacturerAddress: "1 Example Road, Chongqing",
  modelId: "NMC622-96S1P",
  category: "ev",
  chemistry: "NMC622",
  mass: kilograms("304"),
  ratedCapacity: quantity("166", "Ah"),
  ratedEnergy: quantity("58.2", "kWh"),
  minimumVoltage: quantity("268.8", "V"),
  nominalVoltage: quantity("350.4", "V"),
  maximumVoltage: quantity("403.2", "V"),
  criticalRawMaterials: ["Li", "Ni", "Co", "Mn", "graphite"],
  expectedCycles: 1500,
  exhaustionThreshold: quantity("70", "%"),
  storageTemperature: { minimum: quantity("-30", "Cel"), maximum: quantity("60", "Cel") },
  warrantyPeriod: quantity("96", "month"),
  roundTripEfficiency: quantity("95.5", "%"),
  composition: {
    cathode: "LiNi0.6Mn0.2Co0.2O2",
    anode: "graphite",
    electrolyte: "LiPF6 in EC/EMC",
    metals: {
      Li: kilograms("6.111"),
      Ni: kilograms("30.962"),
      Co: kilograms("10.360"),
      Mn: kilograms("9.661"),
      Cu: kilograms("20.37"),
    },
  },
  dismantling: { fasteners: [{ type: "M8", count: 24 }], tools: ["torque wrench", "insulated gloves"] },
};

/** GTIN-14 of the model: the company prefix behind the packaging indicator, item reference 45678, check digit 8. */
const GTIN = `0${GS1_COMPANY_PREFIX}456788`;

function pack(serial: string): JsonObject {
  return {
    uid: normaliseUid(`https://id.gs1.org/01/${GTIN}/21/PACK-${serial.slice(1)}`),
    // Maker, pack, ternary, specification 58, traceability 1660422, 2025-06-12, serial.
    batteryCode: `${BATTERY_MAKER_CODE}PE581660422F6C${serial}`,
    level: "pack",
    model: MODEL,
    manufacturing: { place: "Chongqing, China", date: "2025-06-12" },
    status: "original",
    stateOfHealth: {
      measuredAt: "2025-06-12T08:30:00+08:00",
      measuredCapacity: quantity("167.2", "Ah"),
      value: quantity("100", "%"),
    },
    cells: { layout: "96s1p", lot: "L-2025-0610" },
  };
}

/** The pack that goes all the way to the recycler, and the one that stays in its bus. */
export const RECYCLED_PACK = pack("0000017");
export const PACK_IN_USE = pack("0000018");

/** Retired at 126.2 of 166 Ah, as most packs are between 70 and 80 per cent. */
export const RETIREMENT: JsonObject = {
  condition: "intact, discharged to transport voltage",
  status: "waste",
  stateOfHealth: { measuredCapacity: quantity("126.2", "Ah"), value: quantity("76.0", "%") },
};

/** Both sides of the handover answer the list together; any yes would keep the pack where it is. */
export const TRANSPORT_SAFETY: JsonObject = {
  list: "GB/T 38698.1, annex A",
  questions: [
    "leaks",
    "smokes or smells",
    "is warmer than its surroundings",
    "is deformed or pierced",
    "was in water",
  ].map((asks) => ({ asks, answer: false })),
  mayTravel: true,
};

const ASSAY: JsonObject = { method: "ICP-OES", laboratory: "Example Test Lab", reportedOn: "2026-11-20" };

/** What the test lab found at the collection point; 126.2 of 166 Ah are 76.0 per cent. */
export const MEASURED_HEALTH: JsonObject = {
  measuredAt: "2026-03-03T10:15:00+08:00",
  method: "full discharge at C/3",
  temperature: quantity("52", "Cel"),
  ratedCapacity: quantity("166", "Ah"),
  measuredCapacity: quantity("126.2", "Ah"),
  stateOfHealth: quantity("76.0", "%"),
};
export const HEALTH_CORRECTION = {
  correction: { path: "$.temperature", value: quantity("25", "Cel") },
  reason: "the two digits were typed in the wrong order",
} as const;

/**
 * What became of 304 kg: products, residues and loss balance to the last gram. Black mass is 44 per cent of the pack; of
 * the metals, 91 per cent of the lithium and 98 of nickel, cobalt and manganese were recovered, 94 of the copper.
 */
export const RECOVERY: JsonObject = {
  input: kilograms("304"),
  recovered: [
    { element: "Li", contained: kilograms("6.111"), mass: kilograms("5.561"), assay: ASSAY },
    { element: "Ni", contained: kilograms("30.962"), mass: kilograms("30.404"), assay: ASSAY },
    { element: "Co", contained: kilograms("10.360"), mass: kilograms("10.163"), assay: ASSAY },
    { element: "Mn", contained: kilograms("9.661"), mass: kilograms("9.487"), assay: ASSAY },
    { element: "Cu", contained: kilograms("20.37"), mass: kilograms("19.148"), assay: ASSAY },
  ],
  products: [
    { material: "black mass", mass: kilograms("133.800") },
    { material: "copper", mass: kilograms("19.148") },
    { material: "aluminium", mass: kilograms("58.352") },
    { material: "steel", mass: kilograms("41.200") },
  ],
  residues: [
    {
      material: "electrolyte, separator and plastics",
      mass: kilograms("46.300"),
      wasteCode: "191211*",
      treatment: "incineration",
      receiver: { name: "Example Residue Disposal Ltd" },
    },
  ],
  loss: kilograms("5.200"),
};
