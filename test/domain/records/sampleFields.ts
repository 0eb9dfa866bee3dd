import type { DataKind } from "../../../backend/domain/records/dataKinds.ts";
import type { JsonObject, PassportId } from "../../../backend/domain/types.ts";
import mint from "../../vectors/records/nmc622-pack-mint.json" with { type: "json" };

/** The NMC622 pack of the vectors: every sample is about it. */
export const SUBJECT = mint.fields.subject as PassportId;
const CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
const HASH = `0x${"5a".repeat(32)}`;
const quantity = (value: string | number, unit: string): JsonObject => ({ value, unit });

/** One whole record of each kind, with every field that the kind knows. */
export const DATA_SAMPLES: Readonly<Record<DataKind, JsonObject>> = {
  "performance-test": {
    subject: SUBJECT,
    kind: "performance-test",
    measuredAt: "2026-11-03T10:20:00+08:00",
    method: "GB/T 34015-2017, residual-energy test 余能检测",
    temperature: quantity("25", "Cel"),
    ratedCapacity: quantity("166", "Ah"),
    measuredCapacity: quantity("126.2", "Ah"),
    internalResistance: quantity("98.5", "mOhm"),
    insulationResistance: quantity("4.2", "MOhm"),
    cellVoltageSpread: quantity(31, "mV"),
    dischargeRate: quantity("0.333", "1/h"),
    laboratory: "Example Test Lab",
    result: "passed",
    attachments: [CID],
  },
  "state-of-health": {
    subject: SUBJECT,
    kind: "state-of-health",
    measuredAt: "2026-11-03T10:20:00+08:00",
    stateOfHealth: quantity("76.0", "%"),
    stateOfCertifiedEnergy: quantity("75.1", "%"),
    ratedCapacity: quantity("166", "Ah"),
    measuredCapacity: quantity("126.2", "Ah"),
    ratedEnergy: quantity("58.2", "kWh"),
    measuredEnergy: quantity("43.7", "kWh"),
    power: quantity("118", "kW"),
    internalResistance: quantity("98.5", "mOhm"),
    internalResistanceIncrease: quantity("31", "%"),
    capacityFade: quantity("24.0", "%"),
    powerFade: quantity("17", "%"),
    roundTripEfficiency: quantity("93.1", "%"),
    roundTripEfficiencyFade: quantity("2.4", "%"),
    selfDischargeRate: quantity("1.9", "%/month"),
    cycles: 1142,
    grade: "CASCADE",
  },
  inspection: {
    subject: SUBJECT,
    kind: "inspection",
    inspectedAt: "2026-11-02T09:00:00+08:00",
    result: "limited",
    findings: [{ part: "housing", severity: "minor", description: "a scratch of 12 cm beside the service plug" }],
    housing: "scratched",
    hasLeaked: false,
    wasFlooded: false,
    wasBurnt: false,
    insulationResistance: quantity(500, "Ohm/V"),
  },
  correction: {
    subject: SUBJECT,
    kind: "correction",
    supersedes: HASH,
    corrections: [{ path: "$.measuredCapacity", value: quantity("126.3", "Ah") }],
    reason: "The cable's resistance had not been taken off.",
  },
};
