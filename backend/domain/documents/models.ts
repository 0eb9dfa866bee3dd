import { DomainError } from "../errors.ts";
import { isObject } from "../records/fieldRules.ts";
import type { JsonObject, JsonValue } from "../types.ts";
import { BATTERY_PASS_SUBMODELS } from "./batteryPass.ts";
import { CATENA_X_BATTERY_PASS } from "./catenaX.ts";
import { object, type Shape } from "./shapes.ts";

/** The formats of partners, by the name under which a record keeps their documents. */
export const DOCUMENT_MODELS = {
  "catena-x/battery_pass/6.1.0": CATENA_X_BATTERY_PASS,
  "batterypass/1.2/GeneralProductInformation": BATTERY_PASS_SUBMODELS.GeneralProductInformation,
  "batterypass/1.2/CarbonFootprint": BATTERY_PASS_SUBMODELS.CarbonFootprint,
  "batterypass/1.2/Circularity": BATTERY_PASS_SUBMODELS.Circularity,
  "batterypass/1.2/Labels": BATTERY_PASS_SUBMODELS.Labels,
  "batterypass/1.2/MaterialComposition": BATTERY_PASS_SUBMODELS.MaterialComposition,
  "batterypass/1.2/PerformanceAndDurability": BATTERY_PASS_SUBMODELS.PerformanceAndDurability,
  "batterypass/1.2/SupplyChainDueDiligence": BATTERY_PASS_SUBMODELS.SupplyChainDueDiligence,
  // Several submodels in one document, each under its name.
  "batterypass/1.2": object(
    Object.fromEntries(Object.entries(BATTERY_PASS_SUBMODELS).map(([name, shape]) => [`${name}?`, shape])),
  ),
} as const satisfies Record<string, Shape>;

export type DocumentModel = keyof typeof DOCUMENT_MODELS;

export const isDocumentModel = (name: string): name is DocumentModel => Object.hasOwn(DOCUMENT_MODELS, name);

const SPEC_VERSION = /^urn:(?:samm:)?(io\.catenax\.[a-z_.]+:[0-9.]+)/;
const KNOWN_VERSION = "io.catenax.battery.battery_pass:6.1.0";

/**
 * Which format a document follows, told by its outermost names: the one that knows the most of them. Throws
 * `document-model-unknown`, and `document-version-unknown` for a Catena-X document that says it is of another model or
 * version.
 */
export function recogniseModel(value: JsonValue): DocumentModel {
  const document: JsonObject = isObject(value) ? value : {};
  const { specVersion } = document;
  const version = typeof specVersion === "string" ? SPEC_VERSION.exec(specVersion)?.[1] : undefined;
  if (version !== undefined && version !== KNOWN_VERSION) {
    throw new DomainError("document-version-unknown", `The document is a ${version}, not a ${KNOWN_VERSION}.`, {
      version,
    });
  }
  const names = Object.keys(document);
  let best: { readonly model: DocumentModel; readonly known: number } | undefined;
  for (const [model, shape] of Object.entries(DOCUMENT_MODELS) as [DocumentModel, Shape][]) {
    const known = shape.is === "object" ? names.filter((name) => shape.members.has(name)).length : 0;
    if (known > (best?.known ?? 0)) best = { model, known };
  }
  if (best) return best.model;
  throw new DomainError("document-model-unknown", "The document is of no known model: Catena-X, Battery Pass 1.2.", {
    names: names.slice(0, 10),
  });
}
