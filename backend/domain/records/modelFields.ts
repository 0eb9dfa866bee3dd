import { LEGAL_STATUS } from "./custodyFields.ts";
import { breach } from "./fieldRules.ts";
import { type FieldSpecs, needed, neededWithin, oneOf, type Relation, shown, withheld } from "./fieldSpec.ts";

/**
 * Model data that Regulation (EU) 2023/1542, Annex XIII, point 1 makes public, with the label data of Annex VI, part A
 * that it refers to. The legal status (point 4 (c)) and everything else of points 2 to 4 must never be listed here.
 */
export const MODEL: FieldSpecs = {
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

/** Points 2 and 3 of Annex XIII, withheld: what dismantlers need, and what authorities ask for. */
const MODEL_DETAILS: FieldSpecs = {
  "model.composition.cathode": withheld("text"), // 2 (a)
  "model.composition.anode": withheld("text"),
  "model.composition.electrolyte": withheld("text"),
  "model.composition.separator": withheld("text"),
  "model.composition.materials[*].name": needed("text"),
  "model.composition.materials[*].part": withheld(oneOf("cathode", "anode", "electrolyte", "separator", "other")),
  "model.composition.materials[*].element": withheld("element"),
  "model.composition.materials[*].cas": withheld("cas"),
  "model.composition.materials[*].mass": withheld("mass"),
  "model.composition.materials[*].share": withheld("ratio"),
  "model.partNumbers[*].part": needed("text"), // 2 (b)
  "model.partNumbers[*].number": needed("text"),
  "model.spareParts[*].name": needed("text"),
  "model.spareParts[*].contact": needed("text"),
  "model.dismantling.diagrams[*]": withheld("cid"), // 2 (c)
  "model.dismantling.sequence[*]": withheld("text"),
  "model.dismantling.fasteners[*].type": needed("text"),
  "model.dismantling.fasteners[*].count": needed("count"),
  "model.dismantling.tools[*]": withheld("text"),
  "model.dismantling.warnings[*]": withheld("text"),
  "model.dismantling.cellCount": withheld("count"),
  "model.dismantling.layout": withheld("text"),
  "model.safetyMeasures[*]": withheld("text"), // 2 (d)
  "model.testReports[*].subject": needed("text"), // 3
  "model.testReports[*].result": needed("text"),
  "model.testReports[*].report": withheld("cid"),
};

/** Model data from `mint/2` on: what point 1 asks for and `MODEL` has no place for, and the withheld points. */
export const WIDER_MODEL: FieldSpecs = {
  ...MODEL,
  "model.carbonFootprintLabel": shown("text"), // 1 (c)
  "model.voltageTemperature.minimum": shown("temperature"), // 1 (h)
  "model.voltageTemperature.maximum": shown("temperature"),
  "model.powerTemperature.minimum": shown("temperature"), // 1 (i)
  "model.powerTemperature.maximum": shown("temperature"),
  "model.storageTemperature.test": shown("text"), // 1 (l)
  "model.collectionSymbol": shown("text"), // 1 (q): Art. 13(4)
  "model.metalSymbols[*]": shown(oneOf("Cd", "Pb")), // 1 (q): Art. 13(5)
  ...MODEL_DETAILS,
};

/** Annex VI, part A, (3) and (4). */
export const MANUFACTURING: FieldSpecs = {
  "manufacturing.place": shown("text"),
  "manufacturing.date": shown("date"),
};

/** What is one item's own, withheld: Annex XIII, 4, and the identifiers of its parts. */
export const ITEM: FieldSpecs = {
  status: withheld(LEGAL_STATUS),
  "stateOfHealth.measuredAt": withheld("time"),
  "stateOfHealth.ratedCapacity": withheld("capacity"),
  "stateOfHealth.measuredCapacity": withheld("capacity"),
  "stateOfHealth.value": neededWithin("ratio"),
  "cells.layout": withheld("text"),
  "cells.lot": withheld("text"),
  "parts[*].level": needed("level"),
  "parts[*].batteryCode": withheld("battery-code"),
  "parts[*].uid": withheld("uid"),
  "attachments[*]": withheld("cid"),
};

/** A mint has its model's data itself, or names the record that has them: two of them could disagree. */
export const oneModel: Relation = ({ model, modelRecord }) =>
  model === undefined || modelRecord === undefined
    ? []
    : [[["model"], breach("one-model", "The record has its model's data and names a record that has them.")]];
