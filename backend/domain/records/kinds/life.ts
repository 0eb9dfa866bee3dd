import { LEGAL_STATUS } from "../custodyFields.ts";
import { type FieldSpecs, needed, neededWithin, oneOf, withheld } from "../fieldSpec.ts";

/** What was done to an item while it was in use. */
export const REPAIR: FieldSpecs = {
  repairedAt: needed("time"),
  reason: needed("text"),
  workshop: withheld("text"),
  "replaced[*].part": needed("text"),
  "replaced[*].removed": withheld("text"),
  "replaced[*].fitted": withheld("text"),
  capacityAfter: withheld("capacity"),
  "attachments[*]": withheld("cid"),
};

/** Annex XIII, 4 (d): accidents and the like. */
export const NEGATIVE_EVENT: FieldSpecs = {
  happenedAt: needed("time"),
  event: needed(oneOf("accident", "fire", "flood", "deep-discharge", "overcharge", "overheating", "impact", "other")),
  description: needed("text"),
  district: withheld("district"),
  country: withheld("country"),
  mayStayInUse: withheld("yes-no"),
  "attachments[*]": withheld("cid"),
};

/** Annex XIII, 4 (c). */
export const LEGAL_STATUS_CHANGE: FieldSpecs = {
  status: needed(LEGAL_STATUS),
  decidedOn: needed("date"),
  reason: withheld("text"),
};

/** Annex XIII, 4 (d): how an item was used over a period, as its battery management system counted. */
export const USE: FieldSpecs = {
  fromAt: needed("time"),
  untilAt: needed("time"),
  cycles: withheld("count"),
  energyThroughput: withheld("energy"),
  capacityThroughput: withheld("capacity"),
  "temperature.minimum": neededWithin("temperature"),
  "temperature.maximum": neededWithin("temperature"),
  "stateOfCharge.minimum": neededWithin("ratio"),
  "stateOfCharge.maximum": neededWithin("ratio"),
  mileage: withheld("distance"),
};

/** The vehicle that an item is in. Its number leads to its owner, so it is worth more care than the battery's. */
export const VEHICLE: FieldSpecs = {
  vin: needed("vin"),
  change: needed(oneOf("fitted", "removed", "scrapped")),
  changedOn: needed("date"),
  plate: withheld("text"),
  maker: withheld("text"),
  scrapCertificate: withheld("text"),
};

/** A battery or part on its way between two places of one custodian, or to somebody outside the registry. */
export const CARRIAGE: FieldSpecs = {
  number: needed("text"),
  dispatchedAt: needed("time"),
  arrivedAt: withheld("time"),
  carrier: withheld("text"),
  carrierCode: withheld("organisation-code"),
  fromDistrict: withheld("district"),
  toDistrict: withheld("district"),
  "receiver.name": neededWithin("text"),
  "receiver.organisationCode": withheld("organisation-code"),
  mass: withheld("mass"),
};
