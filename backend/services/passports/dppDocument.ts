import type { Phase } from "../../domain/custody/state.ts";
import { NOT_ELEMENTS } from "../../domain/dictionary/terms.ts";
import { dppIdOf } from "../../domain/identifiers/dppId.ts";
import { parseUid } from "../../domain/identifiers/uid.ts";
import { isReservedName } from "../../domain/records/disclosureCodec.ts";
import { isObject } from "../../domain/records/fieldRules.ts";
import type { JsonPath } from "../../domain/records/jsonPath.ts";
import type { Head, JsonObject, JsonValue, ParticipantId, PassportId, UnixTime } from "../../domain/types.ts";
import type { Deployment } from "../deployment.ts";

/** A passport as the chain and its public mint record tell it. */
export type PassportContent = {
  readonly passportId: PassportId;
  readonly head: Head;
  readonly uid: string | null;
  readonly phase: Phase;
  readonly custodian: ParticipantId;
  readonly custodianName: string | null;
  /** Block time of the last custody event. */
  readonly changedAt: UnixTime;
  /** The record that made the item, with its model's data where another record has them; null while it is not here. */
  readonly record: JsonObject | null;
};

export type Representation = "compressed" | "full";

/** How a document is written; `dictionary` is where its terms are explained, see `publicTerms`. */
export type DocumentForm = { readonly representation: Representation; readonly dictionary: string };

/**
 * The passport as EN 18222 serves it: envelope of EN 18223 and, by representation, the public fields as members
 * (compressed) or as a list of data elements (full).
 */
export function dppDocument(deployment: Deployment, content: PassportContent, form: DocumentForm): JsonObject {
  const elements = publicFields(content);
  const envelope = { ...envelopeOf(deployment, content), contentSpecificationIds: [form.dictionary] };
  return form.representation === "full"
    ? { ...envelope, elements: Object.entries(elements).map(([name, value]) => dataElement([name], value, form)) }
    : { ...elements, ...envelope };
}

/** The public fields of the record that made the passport, by name; withheld ones leave no trace. */
export function publicFields({ record }: PassportContent): JsonObject {
  const shown = Object.entries(record ?? {}).filter(([name]) => !NOT_ELEMENTS.has(name) && !isReservedName(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, withoutDigests(value)]));
}

/** The custodian as an identifier that anyone can resolve: chain, contract and participant. */
export const economicOperatorIdOf = ({ chainId, contract }: Deployment, id: ParticipantId): string =>
  `eip155:${chainId}:${contract}#participant-${id}`;

function envelopeOf(deployment: Deployment, content: PassportContent): JsonObject {
  return {
    digitalProductPassportId: dppIdOf(deployment, content.passportId),
    uniqueProductIdentifier: content.uid,
    granularity: content.uid === null ? "item" : parseUid(content.uid).granularity,
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
 * A data element of EN 18223. A quantity is one value with its unit; objects are collections, lists multiple values: of
 * scalars, or of groups of elements. In the full representation it names its own type and its term in the dictionary.
 * @param path where it stands in the document; its last step is the element's id
 */
export function dataElement(path: JsonPath, value: JsonValue, form: DocumentForm): JsonObject {
  const typeIs = (objectType: string): JsonObject =>
    form.representation === "full" ? { ...reference(path, form.dictionary), objectType } : {};
  const elementId = String(path.at(-1) ?? "$");
  if (Array.isArray(value)) {
    const values = (value as readonly JsonValue[]).map((element, i) => groupOf([...path, i], element, form));
    return { elementId, ...typeIs("MultiValuedDataElement"), value: values };
  }
  if (typeof value !== "object" || value === null) {
    // What is not known has no value: EN 18223 has no null.
    return { elementId, ...typeIs("SingleValuedDataElement"), ...(value === null ? {} : typedValue(value)) };
  }
  const object = value as JsonObject;
  if (isQuantity(object)) {
    return { elementId, ...typeIs("SingleValuedDataElement"), ...typedAmount(object.value), unit: object.unit };
  }
  return { elementId, ...typeIs("DataElementCollection"), elements: membersOf(path, object, form) };
}

const membersOf = (path: JsonPath, value: JsonObject, form: DocumentForm): JsonObject[] =>
  Object.entries(value).map(([name, member]) => dataElement([...path, name], member, form));

/** An entry of a list: a scalar as it is, anything else as a group of data elements. */
function groupOf(path: JsonPath, value: JsonValue, form: DocumentForm): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  return isObject(value) && !isQuantity(value) ? membersOf(path, value, form) : [dataElement(path, value, form)];
}

function reference(path: JsonPath, dictionary: string): JsonObject {
  const names = path.filter((step) => typeof step === "string");
  return names.length === 0 ? {} : { dictionaryReference: `${dictionary}#${names.join(".")}` };
}

type Quantity = { readonly value: string | number; readonly unit: string };
const isQuantity = (value: JsonObject): value is Quantity =>
  (typeof value.value === "string" || typeof value.value === "number") && typeof value.unit === "string";

/** The amount of a quantity: text is a decimal whose digits were signed. */
const typedAmount = (value: string | number): JsonObject =>
  typeof value === "string" ? { valueDataType: "xsd:decimal", value } : typedValue(value);

function typedValue(value: boolean | number | string): JsonObject {
  if (typeof value === "boolean") return { valueDataType: "xsd:boolean", value };
  if (typeof value === "number") {
    return { valueDataType: Number.isInteger(value) ? "xsd:integer" : "xsd:decimal", value };
  }
  return { valueDataType: "xsd:string", value };
}
