import { DomainError } from "../errors.ts";
import type { JsonValue } from "../types.ts";
import { type FieldSpecs, needed, type Relation, withheld } from "./fieldSpec.ts";
import { CARRIAGE, LEGAL_STATUS_CHANGE, NEGATIVE_EVENT, REPAIR, USE, VEHICLE } from "./kinds/life.ts";
import { healthRecomputes, INSPECTION, PERFORMANCE_TEST, STATE_OF_HEALTH } from "./kinds/measurements.ts";
import {
  CERTIFICATE,
  CREDENTIAL,
  DUE_DILIGENCE,
  FACILITY,
  RECALL,
  REPORT,
  RESIDUAL_VALUE,
  REVOCATION,
} from "./kinds/papers.ts";
import { inOrder, valueAscends } from "./kinds/relations.ts";

/** What a kind of data record says: fields, all of them withheld, and what must hold between them. */
export interface DataKindSpec {
  readonly fields: FieldSpecs;
  readonly relations?: readonly Relation[];
  /** Whether it may be the first thing said about a facility, vehicle, organisation or lot; the others need a subject. */
  readonly opensSubject?: true;
}

/** Nothing is rewritten: the author says which record it was, which fields were wrong, and what is right. */
const CORRECTION: FieldSpecs = {
  /** The digest that the author signed for the record that is corrected. */
  supersedes: needed("hash"),
  corrections: needed("list"),
  "corrections[*].path": needed("json-path"),
  "corrections[*].value": needed("any"),
  reason: withheld("text"),
};

/**
 * Every kind of data record, as data. A kind stands in the withheld field `kind` of a `data/1` record, so that the
 * envelope of a test looks like that of an accident; no field of any kind is ever public. A kind never changes what it
 * demands: a stricter one has a new name.
 */
export const DATA_KINDS = {
  "performance-test": { fields: PERFORMANCE_TEST },
  "state-of-health": { fields: STATE_OF_HEALTH, relations: [healthRecomputes] },
  inspection: { fields: INSPECTION },
  repair: { fields: REPAIR },
  "negative-event": { fields: NEGATIVE_EVENT },
  "legal-status": { fields: LEGAL_STATUS_CHANGE },
  use: { fields: USE, relations: [inOrder("fromAt", "untilAt")] },
  vehicle: { fields: VEHICLE, opensSubject: true },
  dispatch: { fields: CARRIAGE, relations: [inOrder("dispatchedAt", "arrivedAt")] },
  certificate: { fields: CERTIFICATE, relations: [inOrder("validFrom", "validUntil")], opensSubject: true },
  credential: { fields: CREDENTIAL, relations: [inOrder("validFrom", "validUntil")], opensSubject: true },
  revocation: { fields: REVOCATION },
  "due-diligence": { fields: DUE_DILIGENCE, opensSubject: true },
  "residual-value": { fields: RESIDUAL_VALUE, relations: [valueAscends] },
  facility: { fields: FACILITY, relations: [inOrder("validFrom", "validUntil")], opensSubject: true },
  report: { fields: REPORT, relations: [inOrder("occurredOn", "reportedOn")], opensSubject: true },
  recall: { fields: RECALL, opensSubject: true },
  correction: { fields: CORRECTION },
} as const satisfies Record<string, DataKindSpec>;

export type DataKind = keyof typeof DATA_KINDS;

/** True for a kind that this version knows. */
export function isDataKind(kind: JsonValue | undefined): kind is DataKind {
  return typeof kind === "string" && Object.hasOwn(DATA_KINDS, kind);
}

/** The specification of a kind, with the width that the literal type hides. */
export function specOfKind(kind: DataKind): DataKindSpec {
  return DATA_KINDS[kind];
}

/** Throws `data-kind-unknown` for a kind that is no word of `DATA_KINDS`. */
export function requireDataKind(kind: JsonValue): DataKind {
  if (isDataKind(kind)) return kind;
  const known = Object.keys(DATA_KINDS);
  throw new DomainError("data-kind-unknown", `A data record is one of: ${known.join(", ")}.`, { kind, known });
}
