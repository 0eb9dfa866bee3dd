import { type FieldSpecs, needed, neededWithin, oneOf, withheld } from "../fieldSpec.ts";

const PERIOD: FieldSpecs = { validFrom: needed("date"), validUntil: withheld("date") };

/** Annex XIII, 3: what somebody attests after a test or an assessment; the paper itself is an attachment. */
export const CERTIFICATE: FieldSpecs = {
  ...PERIOD,
  number: needed("text"),
  standard: needed("text"),
  issuer: needed("text"),
  scope: withheld("text"),
  report: withheld("cid"),
};

/** An end before its time. It names the record that it ends by the digest that its author signed. */
export const REVOCATION: FieldSpecs = {
  revokes: needed("hash"),
  revokedOn: needed("date"),
  reason: needed("text"),
};

/** Art. 52(3): a report on the battery due diligence policy, or an assessment of it. */
export const DUE_DILIGENCE: FieldSpecs = {
  period: needed("text"),
  report: withheld("cid"),
  address: withheld("text"),
  "assurance.body": neededWithin("text"),
  "assurance.scheme": withheld("text"),
  "assurance.assuredOn": withheld("date"),
};

/** What a firm or plant is licensed or recognised for, such as China's industry conditions 行业规范条件. */
export const CREDENTIAL: FieldSpecs = {
  ...PERIOD,
  name: needed("text"),
  batch: withheld("text"),
  authority: needed("text"),
  scope: withheld("text"),
  holder: withheld("text"),
  holderCode: withheld("organisation-code"),
};

/** 残余价值评估: an estimate by stated inputs, and no appraisal. Low, base and high are of one currency and one day. */
export const RESIDUAL_VALUE: FieldSpecs = {
  estimatedOn: needed("date"),
  use: needed(oneOf("reuse", "cascade", "material")),
  "value.low": needed("money"),
  "value.base": needed("money"),
  "value.high": needed("money"),
  "parameters.id": needed("text"),
  "parameters.hash": needed("hash"),
  "prices[*].of": needed("text"),
  "prices[*].price": needed("money"),
  "prices[*].quotedOn": needed("date"),
  stateOfHealth: withheld("ratio"),
  note: withheld("text"),
};

/** What was reported to an authority, by which duty, with the receipt that came back. */
export const REPORT: FieldSpecs = {
  duty: needed("text"),
  authority: needed("text"),
  occurredOn: needed("date"),
  reportedOn: needed("date"),
  reference: withheld("text"),
  "content.vin": withheld("vin"),
  "content.batteryCode": withheld("battery-code"),
  "content.receiver": withheld("text"),
  "content.receiverCode": withheld("organisation-code"),
  "attachments[*]": withheld("cid"),
};

/** Everything of a lot, or with a part of a lot, is called back. */
export const RECALL: FieldSpecs = {
  lots: needed("list"),
  "lots[*]": withheld("text"),
  hazard: needed("text"),
  measure: needed(oneOf("stop-use", "limit-charge", "inspect", "replace", "return")),
  announcedOn: needed("date"),
  reference: withheld("text"),
  contact: withheld("text"),
};

/** A plant, service point or depot: the subject of the record is the facility itself. */
export const FACILITY: FieldSpecs = {
  ...PERIOD,
  name: needed("text"),
  facility: needed(
    oneOf(
      "mine",
      "cathode",
      "anode",
      "electrolyte",
      "separator",
      "cell",
      "pack",
      "test-lab",
      "service-point",
      "storage",
      "repair-shop",
      "cascade",
      "dismantling",
      "recycling",
    ),
  ),
  district: withheld("district"),
  country: withheld("country"),
  "capacities[*].of": needed("text"),
  "capacities[*].capacity": needed("throughput"),
  operator: withheld("participant-id"),
};
