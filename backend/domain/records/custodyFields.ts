import { type FieldSpecs, needed, neededWithin, oneOf, withheld } from "./fieldSpec.ts";

/** Annex XIII, 4 (c), in the words of Art. 3: point 4, never public. */
export const LEGAL_STATUS = oneOf("original", "re-used", "repurposed", "remanufactured", "waste");

/** How a battery travels; what the consignor hands the carrier, and what the receiver holds the load against. */
export const DISPATCH: FieldSpecs = {
  "dispatch.number": neededWithin("text"),
  "dispatch.dispatchedAt": withheld("time"),
  "dispatch.arrivedAt": withheld("time"),
  "dispatch.carrier": withheld("text"),
  "dispatch.carrierCode": withheld("organisation-code"),
  "dispatch.plate": withheld("text"),
  "dispatch.fromDistrict": withheld("district"),
  "dispatch.toDistrict": withheld("district"),
  "dispatch.packaging": withheld("text"),
  "dispatch.unNumber": withheld(oneOf("UN3480", "UN3481", "UN3171", "UN3536", "UN3551", "UN3552", "UN3556", "UN3558")),
};

/**
 * Transport safety after GB/T 38698.1, annex A: a list of questions, of which any yes means that the battery may not
 * travel as it is. Both parties sign the handover that holds it, so both have decided.
 */
const TRANSPORT_SAFETY: FieldSpecs = {
  "transportSafety.list": neededWithin("text"),
  "transportSafety.questions": neededWithin("list"),
  "transportSafety.questions[*].asks": needed("text"),
  "transportSafety.questions[*].answer": needed("yes-no"),
  "transportSafety.mayTravel": neededWithin("yes-no"),
  "transportSafety.measures": withheld("text"),
};

/** Everything of a handover is withheld: the chain already says who gave to whom, and when. */
export const HANDOVER: FieldSpecs = {
  condition: withheld("text"),
  status: withheld(LEGAL_STATUS),
  "stateOfHealth.measuredAt": withheld("time"),
  "stateOfHealth.ratedCapacity": withheld("capacity"),
  "stateOfHealth.measuredCapacity": withheld("capacity"),
  "stateOfHealth.value": neededWithin("ratio"),
  mileage: withheld("distance"),
  price: withheld("money"),
  ...DISPATCH,
  ...TRANSPORT_SAFETY,
  "attachments[*]": withheld("cid"),
};

/** What is left over and must go somewhere safe 残余物处置. */
const RESIDUES: FieldSpecs = {
  "residues[*].material": needed("text"),
  "residues[*].mass": needed("mass"),
  "residues[*].wasteCode": needed("waste-code"),
  "residues[*].treatment": needed("text"),
  "residues[*].receiver.name": needed("text"),
  "residues[*].receiver.organisationCode": withheld("organisation-code"),
  "residues[*].receiver.participantId": withheld("participant-id"),
};

/** Withheld fields of a transformation's items: masses in and out, and the codes of the items that ended. */
export const TRANSFORMATION: FieldSpecs = {
  operation: withheld(oneOf("assembly", "dismantling", "repurposing", "remanufacturing", "shredding")),
  status: withheld(LEGAL_STATUS),
  mass: withheld("mass"),
  "parents[*].passportId": needed("passport-id"),
  "parents[*].uid": withheld("uid"),
  "parents[*].batteryCode": withheld("battery-code"),
  "parents[*].mass": withheld("mass"),
  "products[*].passportId": needed("passport-id"),
  "products[*].uid": withheld("uid"),
  "products[*].mass": withheld("mass"),
  input: withheld("mass"),
  loss: withheld("mass"),
  ...RESIDUES,
  "attachments[*]": withheld("cid"),
};

/** What became of an item: by element what was in it and what came out, by mass where all of it went. */
export const CLOSURE: FieldSpecs = {
  input: withheld("mass"),
  "recovered[*].element": needed("element"),
  "recovered[*].mass": needed("mass"),
  "recovered[*].contained": withheld("mass"),
  "recovered[*].assay.method": neededWithin("text"),
  "recovered[*].assay.massFraction": withheld("ratio"),
  "recovered[*].assay.laboratory": withheld("text"),
  "recovered[*].assay.reportedOn": withheld("date"),
  "recovered[*].assay.report": withheld("cid"),
  "products[*].material": needed("text"),
  "products[*].mass": needed("mass"),
  "products[*].purity": withheld("ratio"),
  ...RESIDUES,
  loss: withheld("mass"),
  facility: withheld("passport-id"),
  finishedOn: withheld("date"),
  "attachments[*]": withheld("cid"),
};
