import type { JsonObject } from "../../../backend/domain/types.ts";

/** Figures for tests; nobody's prices. */
export const PARAMETERS = {
  id: "example/2026-11",
  currency: "EUR",
  materials: [
    {
      element: "Ni",
      pricePerKg: { low: "14", base: "16", high: "18.5" },
      quotedOn: "2026-11-02",
      recovery: "0.95",
      payable: "0.7",
    },
    { element: "Co", pricePerKg: "30.10", quotedOn: "2026-11-03", recovery: "0.95", payable: "0.7" },
  ],
  contents: [{ chemistry: "NMC622", kgPerKWh: { Ni: "0.532", Co: "0.178", Mn: "0.166" } }],
  recyclingCostPerKg: { low: "0.90", base: "1.20", high: "1.60" },
  secondLife: {
    use: "cascade",
    newPricePerKWh: "95",
    quotedOn: "2026-11-01",
    usedDiscount: "0.6",
    healthFactors: [
      { atLeastPercent: "80", factor: "0.85" },
      { atLeastPercent: "70", factor: "0.7" },
    ],
    repurposingCostPerKWh: "22",
    years: 8,
    discountRate: "0.08",
  },
} as const satisfies JsonObject;

export const PACK = {
  model: { chemistry: "NMC622", mass: { value: "304", unit: "kg" }, ratedEnergy: { value: "58.2", unit: "kWh" } },
} as const satisfies JsonObject;

export const HEALTH = {
  stateOfHealth: { value: "76.0", unit: "%" },
  measuredAt: "2026-11-03T10:20:00+08:00",
} as const satisfies JsonObject;
