import type { Phase } from "../../domain/custody/state.ts";
import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import type { JsonObject, JsonValue, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Deployment } from "../deployment.ts";

/** A passport as the chain and its public mint record tell it. */
export type PassportContent = {
  readonly passportId: PassportId;
  readonly uid: string | null;
  readonly phase: Phase;
  readonly custodian: ParticipantId;
  readonly custodianName: string | null;
  /** Block time of the last custody event. */
  readonly changedAt: UnixTime;
  /** The mint record as hashed; null while it is not here. */
  readonly record: JsonObject | null;
};

export type Representation = "compressed" | "full";

/** Fields of a record that are not data elements: the envelope says them, or they belong to RFC 9901. */
const NOT_ELEMENTS = new Set(["type", "subject", "uid", "_sd", "_sd_alg"]);

/**
 * The passport as EN 18222 serves it: envelope of EN 18223 and, by representation, the public fields as members
 * (compressed) or as a list of data elements (full).
 */
export function dppDocument(deployment: Deployment, content: PassportContent, form: Representation): JsonObject {
  const elements = publicFields(content);
  const envelope = envelopeOf(deployment, content);
  return form === "full"
    ? { ...envelope, elements: Object.entries(elements).map(([name, value]) => dataElement(name, value, true)) }
    : { ...elements, ...envelope };
}

/** The public fields of the mint record by name; withheld ones leave no trace. */
export function publicFields({ record }: PassportContent): JsonObject {
  const shown = Object.entries(record ?? {}).filter(([name]) => !NOT_ELEMENTS.has(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, withoutDigests(value)]));
}

/** The custodian as an identifier that anyone can resolve: chain, contract and participant. */
export const economicOperatorIdOf = ({ chainId, contract }: Deployment, id: ParticipantId): string =>
  `eip155:${chainId}:${contract}#participant-${id}`;

function envelopeOf(deployment: Deployment, content: PassportContent): JsonObject {
  return {
    digitalProductPassportId: dppIdOf(deployment, content.passportId),
    uniqueProductIdentifier: content.uid,
    granularity: "item",
    dppSchemaVersion: "EN 18223:2026",
    dppStatus: content.phase === "active" ? "active" : "inactive",
    phase: content.phase,
    lastUpdated: new Date(content.changedAt * 1000).toISOString(),
    economicOperatorId: economicOperatorIdOf(deployment, content.custodian),
    economicOperatorName: content.custodianName,
    passportId: content.passportId,
    contentAvailable: content.record !== null,
  };
}

function withoutDigests(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.filter((element) => !isHiddenElement(element)).map((element) => withoutDigests(element));
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== "_sd");
  return Object.fromEntries(members.map(([name, member]) => [name, withoutDigests(member)]));
}

const isHiddenElement = (element: JsonValue): boolean =>
  typeof element === "object" && element !== null && Object.hasOwn(element, "...");

/**
 * A data element of EN 18223. A quantity is one value with its unit; objects are collections, lists of scalars multiple
 * values.
 * @param typed whether it names its own type, as the full representation does
 */
export function dataElement(elementId: string, value: JsonValue, typed: boolean): JsonObject {
  const typeIs = (objectType: string): JsonObject => (typed ? { objectType } : {});
  if (Array.isArray(value)) {
    const values = value.map((element, i) =>
      typeof element === "object" && element !== null ? [dataElement(String(i), element as JsonValue, typed)] : element,
    );
    return { elementId, ...typeIs("MultiValuedDataElement"), value: values as JsonValue };
  }
  if (typeof value !== "object" || value === null) {
    return { elementId, ...typeIs("SingleValuedDataElement"), valueDataType: dataTypeOf(value), value };
  }
  const { value: amount, unit } = value as JsonObject;
  if (amount !== undefined && typeof unit === "string") {
    const valueDataType = typeof amount === "string" ? "xsd:decimal" : dataTypeOf(amount);
    return { elementId, ...typeIs("SingleValuedDataElement"), valueDataType, value: amount, unit };
  }
  const elements = Object.entries(value).map(([name, member]) => dataElement(name, member, typed));
  return { elementId, ...typeIs("DataElementCollection"), elements };
}

function dataTypeOf(value: JsonValue): string {
  if (typeof value === "boolean") return "xsd:boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "xsd:integer" : "xsd:decimal";
  return "xsd:string";
}
