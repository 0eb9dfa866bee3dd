import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DocumentModel } from "../../../backend/domain/documents/models.ts";

/** Where the publishers' schemas and samples lie. They are read there and never copied. */
const folder = process.env.INTEROP_DIR ?? "../shared/interop";

export const hasInterop = existsSync(join(folder, "catena-x-6.1.0")) && existsSync(join(folder, "batterypass-1.2"));

export interface Sample {
  readonly model: DocumentModel;
  readonly bytes: () => Uint8Array;
  readonly schema: () => Uint8Array;
}

const file = (name: string) => () => new Uint8Array(readFileSync(join(folder, name)));

const SUBMODELS = [
  "GeneralProductInformation",
  "CarbonFootprint",
  "Circularity",
  "Labels",
  "MaterialComposition",
  "PerformanceAndDurability",
  "SupplyChainDueDiligence",
] as const;

export const SAMPLES: readonly Sample[] = [
  {
    model: "catena-x/battery_pass/6.1.0",
    bytes: file("catena-x-6.1.0/BatteryPass.json"),
    schema: file("catena-x-6.1.0/BatteryPass-schema.json"),
  },
  ...SUBMODELS.map((name) => ({
    model: `batterypass/1.2/${name}` as const,
    bytes: file(`batterypass-1.2/${name}.sample.json`),
    schema: file(`batterypass-1.2/${name}.schema.json`),
  })),
];

/** The sample with the trailing space in its CAS number taken out, as its sender would repair it. */
export function repaired(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("utf-16le").decode(bytes).replace("7439-93-2 ", "7439-93-2");
  return new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));
}
