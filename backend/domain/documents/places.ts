import { isObject } from "../records/fieldRules.ts";
import type { JsonObject, JsonValue } from "../types.ts";

/** Where a value of a partner's document goes in our mint record. */
export interface Place {
  readonly from: string;
  readonly to: string;
  /** The value as ours; undefined when there is nothing to say. */
  readonly as: (value: JsonValue, document: JsonObject) => JsonValue | undefined;
}

const place = (from: string, to: string, as: Place["as"]): Place => ({ from, to, as });
const same = (value: JsonValue): JsonValue | undefined => (value === "" ? undefined : value);
const day = (value: JsonValue) => (typeof value === "string" ? value.slice(0, 10) : undefined);
/** Digits as text: a double would not add up to the last gram, and a bare fraction has no unit. */
const quantity = (unit: string) => (value: JsonValue) => ({ value: String(value), unit });
const oneOf = (words: Readonly<Record<string, string>>) => (value: JsonValue) =>
  typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined;
const each = (name: string) => (list: JsonValue) => {
  const texts = (Array.isArray(list) ? (list as readonly JsonValue[]) : []).flatMap((entry) => {
    const text = name === "" ? entry : isObject(entry) ? entry[name] : undefined;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
  return texts.length === 0 ? undefined : [...new Set(texts)];
};

const MASS_UNITS: Readonly<Record<string, string>> = {
  "unit:gram": "g",
  "unit:kilogram": "kg",
  "unit:tonneMetricTon": "t",
};
const WARRANTY_UNITS: Readonly<Record<string, string>> = { "unit:month": "month", "unit:year": "year" };

/** A quantity with the unit that stands beside it; none for units that we would have to convert. */
const withUnit =
  (valueName: string, unitName: string, units: Readonly<Record<string, string>>) => (from: JsonValue) => {
    if (!isObject(from)) return undefined;
    const unit = units[String(from[unitName])];
    return unit === undefined ? undefined : { value: String(from[valueName]), unit };
  };

/** Annex VI A (9) asks for one field: the media, one after the other. */
const joined = (name: string) => (list: JsonValue) => each(name)(list)?.join(", ");

const address = (value: JsonValue) =>
  isObject(value)
    ? [value.streetAddress, value.postalCode, value.addressCountry].filter((part) => part !== "").join(", ")
    : undefined;

/** The resistance of one component, where the list names it exactly once. */
const resistanceOf = (component: string) => (list: JsonValue) => {
  const entries = Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  const [entry, another] = entries.filter((one) => isObject(one) && one.batteryComponent === component);
  return isObject(entry) && another === undefined ? quantity("Ohm")(entry.ohmicResistance as JsonValue) : undefined;
};

/**
 * By model. Only what means the same. A number whose document names no unit has the one that its publisher's aspect
 * model gives the property (SAMM `samm-c:unit`: Battery Pass 1.2, Performance 1.2.1; Catena-X battery_pass 6.1.0).
 * Where that unit is none of the field's, the number stays in its document alone: Battery Pass gives power capability in
 * percent, and a warranty as a month of the year. So does what would need a sum of doubles, like the two shares of
 * recycled content, or a choice, like Catena-X's two C-rates. The legal status (Annex XIII, 4 (c)) is withheld, as
 * everything that no list of public fields names.
 */
export const PLACES: Readonly<Record<string, readonly Place[]>> = {
  "catena-x/battery_pass/6.1.0": [
    place(
      "identification.category",
      "model.category",
      oneOf({ SLI: "sli", LMT: "lmt", EV: "ev", industrial: "industrial", portable: "portable" }),
    ),
    place("identification.chemistry", "model.chemistry", same),
    place("identification.identification.type.manufacturerPartId", "model.modelId", same),
    place("operation.manufacturer.manufacturer", "model.manufacturer", same),
    place("operation.manufacturer.manufacturingDate", "manufacturing.date", same),
    place("characteristics.physicalDimension.weight", "model.mass", withUnit("value", "unit", MASS_UNITS)),
    place("characteristics.warranty", "model.warrantyPeriod", withUnit("lifeValue", "lifeUnit", WARRANTY_UNITS)),
    place("performance.rated.capacity.value", "model.ratedCapacity", quantity("Ah")),
    place("performance.rated.capacity.thresholdExhaustion", "model.exhaustionThreshold", quantity("%")),
    place("performance.rated.energy.value", "model.ratedEnergy", quantity("kWh")),
    place("performance.rated.voltage.min", "model.minimumVoltage", quantity("V")),
    place("performance.rated.voltage.nominal", "model.nominalVoltage", quantity("V")),
    place("performance.rated.voltage.max", "model.maximumVoltage", quantity("V")),
    place("performance.rated.power.value", "model.originalPower", quantity("W")),
    place("performance.rated.lifetime.cycleLifeTesting.cycles", "model.expectedCycles", same),
    place("performance.rated.temperature.lower", "model.storageTemperature.minimum", quantity("Cel")),
    place("performance.rated.temperature.upper", "model.storageTemperature.maximum", quantity("Cel")),
    place("performance.rated.roundTripEfficiency.initial", "model.roundTripEfficiency", quantity("%")),
    place(
      "performance.rated.roundTripEfficiency['50PercentLife']",
      "model.roundTripEfficiencyAtHalfLife",
      quantity("%"),
    ),
    place("performance.rated.resistance.cell", "model.cellResistance", quantity("Ohm")),
    place("performance.rated.resistance.pack", "model.packResistance", quantity("Ohm")),
    place("materials.active.cobalt.recycled", "model.recycledContent.cobalt", quantity("%")),
    place("materials.active.lithium.recycled", "model.recycledContent.lithium", quantity("%")),
    place("materials.active.nickel.recycled", "model.recycledContent.nickel", quantity("%")),
    place("materials.active.lead.recycled", "model.recycledContent.lead", quantity("%")),
    place("safety.usableExtinguishAgent", "model.extinguishingAgent", joined("media")),
    place("sustainability.status", "status", same),
  ],
  "batterypass/1.2/GeneralProductInformation": [
    // "stationary" is the format's word for what the Regulation counts among industrial batteries (Art. 3 (15)).
    place(
      "batteryCategory",
      "model.category",
      oneOf({ lmt: "lmt", ev: "ev", industrial: "industrial", stationary: "industrial" }),
    ),
    place("manufacturerInformation.contactName", "model.manufacturer", same),
    place("manufacturerInformation.postalAddress", "model.manufacturerAddress", address),
    place("batteryMass", "model.mass", quantity("kg")),
    place("manufacturingPlace", "manufacturing.place", address),
    place("manufacturingDate", "manufacturing.date", day),
    place(
      "batteryStatus",
      "status",
      oneOf({
        Original: "original",
        Reused: "re-used",
        Repurposed: "repurposed",
        Remanufactured: "remanufactured",
        Waste: "waste",
      }),
    ),
  ],
  "batterypass/1.2/CarbonFootprint": [
    place("batteryCarbonFootprint", "model.carbonFootprint", quantity("kgCO2e/kWh")),
    place("carbonFootprintStudy", "model.carbonFootprintDeclaration", same),
  ],
  "batterypass/1.2/Circularity": [
    place("renewableContent", "model.renewableContent", quantity("%")),
    place("safetyMeasures.extinguishingAgent", "model.extinguishingAgent", joined("")),
    place("endOfLifeInformation.wastePrevention", "model.wasteInformation", same),
  ],
  "batterypass/1.2/Labels": [place("declarationOfConformity", "model.declarationOfConformity", same)],
  "batterypass/1.2/MaterialComposition": [
    place("batteryChemistry.shortName", "model.chemistry", same),
    place("hazardousSubstances", "model.hazardousSubstances", each("hazardousSubstanceName")),
    place("batteryMaterials", "model.criticalRawMaterials", (list) => {
      const entries = Array.isArray(list) ? (list as readonly JsonValue[]) : [];
      return each("batteryMaterialName")(entries.filter((entry) => isObject(entry) && entry.isCriticalRawMaterial));
    }),
  ],
  "batterypass/1.2/PerformanceAndDurability": [
    place("batteryTechicalProperties.ratedCapacity", "model.ratedCapacity", quantity("Ah")),
    place("batteryTechicalProperties.ratedEnergy", "model.ratedEnergy", quantity("kWh")),
    place("batteryTechicalProperties.minimumVoltage", "model.minimumVoltage", quantity("V")),
    place("batteryTechicalProperties.nominalVoltage", "model.nominalVoltage", quantity("V")),
    place("batteryTechicalProperties.maximumVoltage", "model.maximumVoltage", quantity("V")),
    place("batteryTechicalProperties.ratedMaximumPower", "model.powerLimit", quantity("kW")),
    place("batteryTechicalProperties.expectedNumberOfCycles", "model.expectedCycles", same),
    place("batteryTechicalProperties.lifetimeReferenceTest", "model.cycleLifeTest", same),
    place("batteryTechicalProperties.capacityThresholdForExhaustion", "model.exhaustionThreshold", quantity("%")),
    place(
      "batteryTechicalProperties.temperatureRangeIdleState.minimum",
      "model.storageTemperature.minimum",
      quantity("Cel"),
    ),
    place(
      "batteryTechicalProperties.temperatureRangeIdleState.maximum",
      "model.storageTemperature.maximum",
      quantity("Cel"),
    ),
    place("batteryTechicalProperties.roundtripEfficiency", "model.roundTripEfficiency", quantity("%")),
    place(
      "batteryTechicalProperties.roundTripEfficiencyat50PerCentCycleLife",
      "model.roundTripEfficiencyAtHalfLife",
      quantity("%"),
    ),
    place("batteryTechicalProperties.initialInternalResistance", "model.cellResistance", resistanceOf("cell")),
    place("batteryTechicalProperties.initialInternalResistance", "model.packResistance", resistanceOf("pack")),
    place("batteryTechicalProperties.cRateLifeCycleTest", "model.cycleTestRate", quantity("1/h")),
  ],
  "batterypass/1.2/SupplyChainDueDiligence": [place("supplyChainDueDiligenceReport", "model.dueDiligenceReport", same)],
};
