import type { JsonObject } from "../types.ts";
import { publicTerms, type Term } from "./terms.ts";

const XSD = "http://www.w3.org/2001/XMLSchema#";

/** Members of EN 18223's envelope and of its data elements that are plain values. */
const PLAIN = [
  "uniqueProductIdentifier",
  "granularity",
  "dppSchemaVersion",
  "dppStatus",
  "economicOperatorName",
  "passportId",
  "phase",
  "contentAvailable",
  "elementId",
  "valueDataType",
  "elements",
  "value",
  "unit",
  "claimants",
  "issuer",
  "mintedBlock",
];
/** Members that name something: their text is an IRI. */
const NAMES = ["economicOperatorId", "contentSpecificationIds", "dictionaryReference"];
const CLASSES = [
  "DigitalProductPassport",
  "SingleValuedDataElement",
  "MultiValuedDataElement",
  "DataElementCollection",
];

/**
 * The JSON-LD 1.1 context of passport documents in both representations. It refers to no other document, so what
 * carries it expands without a network. A member means what its place says: `lithium` under `recycledContent` is
 * another term than `lithium` elsewhere (property-scoped contexts, JSON-LD 1.1, 4.1.8).
 * @param dictionary address of the dictionary, without fragment: a term is `{dictionary}#{path}`
 */
export function jsonLdContext(dictionary: string): JsonObject {
  const iri = (name: string): string => `${dictionary}#${name}`;
  return {
    "@version": 1.1,
    digitalProductPassportId: "@id",
    objectType: "@type",
    ...Object.fromEntries([...PLAIN, ...CLASSES].map((name) => [name, { "@id": iri(name) }])),
    ...Object.fromEntries(NAMES.map((name) => [name, { "@id": iri(name), "@type": "@id" }])),
    issuerNames: { "@id": iri("issuerNames"), "@container": "@language" },
    lastUpdated: { "@id": iri("lastUpdated"), "@type": `${XSD}dateTime` },
    ...membersAt("", publicTerms(), iri),
  };
}

/** Definitions of the members at one place, each with the context for what stands inside it. */
function membersAt(place: string, terms: readonly Term[], iri: (path: string) => string): JsonObject {
  const inside = terms.filter(({ path }) => path.startsWith(place));
  const names = new Set(inside.map(({ path }) => path.slice(place.length).split(".")[0] ?? ""));
  return Object.fromEntries(
    [...names].map((name) => {
      const path = place + name;
      const own = inside.find((term) => term.path === path);
      if (own !== undefined) return [name, valueDefinition(own, iri)];
      return [name, { "@id": iri(path), "@context": membersAt(`${path}.`, inside, iri) }];
    }),
  );
}

function valueDefinition({ path, rule, units }: Term, iri: (path: string) => string): JsonObject {
  if (units !== undefined) {
    // The digits of a decimal are part of what was signed: no reader may take them for a binary fraction.
    return { "@id": iri(path), "@context": { value: { "@id": iri("value"), "@type": `${XSD}decimal` } } };
  }
  return rule === "count" ? { "@id": iri(path), "@type": `${XSD}integer` } : { "@id": iri(path) };
}
