import { compare, type Decimal, divide, multiply, subtract } from "../../decimal.ts";
import { breach } from "../fieldRules.ts";
import { type FieldSpecs, needed, oneOf, type Relation, withheld } from "../fieldSpec.ts";
import { amountOf } from "../quantities.ts";

/** What a meter says about the state of an item; the names are the same in a test and in a statement of health. */
const MEASURED: FieldSpecs = {
  measuredAt: needed("time"),
  method: withheld("text"),
  temperature: withheld("temperature"),
  ratedCapacity: withheld("capacity"),
  measuredCapacity: withheld("capacity"),
  ratedEnergy: withheld("energy"),
  measuredEnergy: withheld("energy"),
  power: withheld("power"),
  internalResistance: withheld("resistance"),
  ohmicResistance: withheld("resistance"),
  roundTripEfficiency: withheld("ratio"),
  selfDischargeRate: withheld("self-discharge"),
  "attachments[*]": withheld("cid"),
};

/** 性能检测评价: what was done to an item on a test bench, and what came of it. */
export const PERFORMANCE_TEST: FieldSpecs = {
  ...MEASURED,
  method: needed("text"),
  laboratory: withheld("text"),
  chargeRate: withheld("c-rate"),
  dischargeRate: withheld("c-rate"),
  openCircuitVoltage: withheld("voltage"),
  cellVoltageSpread: withheld("voltage"),
  insulationResistance: withheld("insulation"),
  result: needed(oneOf("passed", "failed", "inconclusive")),
};

/** Annex XIII, 4 (a) and (b), with Article 14 and Annex VII. */
export const STATE_OF_HEALTH: FieldSpecs = {
  ...MEASURED,
  stateOfHealth: needed("ratio"),
  stateOfCertifiedEnergy: withheld("ratio"),
  capacityFade: withheld("ratio"),
  powerFade: withheld("ratio"),
  internalResistanceIncrease: withheld("ratio"),
  roundTripEfficiencyFade: withheld("ratio"),
  remainingPower: withheld("ratio"),
  remainingRoundTripEfficiency: withheld("ratio"),
  cycles: withheld("count"),
  expectedCycles: withheld("count"),
  expectedLifetime: withheld("duration"),
  grade: withheld("text"),
};

const HUNDRED: Decimal = { units: 100n, scale: 0 };

/** State of health is measured by rated capacity, to the digits in which it is given, rounded or cut off. */
export const healthRecomputes: Relation = ({ stateOfHealth, measuredCapacity, ratedCapacity }) => {
  const [stated, measured, rated] = [stateOfHealth, measuredCapacity, ratedCapacity].map(amountOf);
  if (stated === undefined || measured === undefined || rated === undefined) return [];
  if (rated.units <= 0n) return [[["ratedCapacity"], breach("above-zero", "A rated capacity is more than nothing.")]];
  const wanted = multiply(measured, HUNDRED);
  const isRounded = compare(divide(wanted, rated, stated.scale), stated) === 0;
  const rest = subtract(wanted, multiply(stated, rated));
  const isCutOff = rest.units >= 0n && compare(rest, multiply({ units: 1n, scale: stated.scale }, rated)) < 0;
  if (isRounded || isCutOff) return [];
  const message = "The state of health is not measured by rated capacity.";
  return [[["stateOfHealth"], breach("health-recomputes", message)]];
};

/** What somebody saw on an item. */
export const INSPECTION: FieldSpecs = {
  inspectedAt: needed("time"),
  result: needed(oneOf("sound", "limited", "unsafe")),
  "findings[*].part": needed("text"),
  "findings[*].severity": needed(oneOf("minor", "major", "critical")),
  "findings[*].description": withheld("text"),
  housing: withheld(oneOf("intact", "scratched", "dented", "pierced", "missing")),
  hasLeaked: withheld("yes-no"),
  wasFlooded: withheld("yes-no"),
  wasBurnt: withheld("yes-no"),
  temperature: withheld("temperature"),
  insulationResistance: withheld("insulation"),
  "attachments[*]": withheld("cid"),
};
