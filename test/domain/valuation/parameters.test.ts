import { expect } from "chai";
import type { JsonObject, JsonValue } from "../../../backend/domain/types.ts";
import { parseParameters } from "../../../backend/domain/valuation/parameters.ts";
import { expectCode } from "../records/expectCode.ts";
import { PARAMETERS } from "./sampleValuation.ts";

const [NICKEL, COBALT] = PARAMETERS.materials;
const COBALT_PRICE = { units: 3010n, scale: 2 };
const LIFE = PARAMETERS.secondLife;
const changed = (change: JsonObject): JsonObject => ({ ...PARAMETERS, ...change });
const nickel = (change: JsonObject): JsonObject => changed({ materials: [{ ...NICKEL, ...change }, COBALT] });
const life = (change: JsonObject): JsonObject => changed({ secondLife: { ...LIFE, ...change } });

describe("parseParameters", () => {
  it("names a set by its content, whatever the layout of its file", () => {
    const { hash } = parseParameters(PARAMETERS);
    const turned = Object.fromEntries(Object.entries(PARAMETERS).reverse()) as JsonObject;
    expect(parseParameters(turned).hash).to.equal(hash);
    expect(hash).to.equal("0x7fa5cd4838b252d329becf304a2ce845400593dfffb59d0f5a749da572a3591d");
    expect(parseParameters(nickel({ payable: "0.70" })).hash).not.to.equal(hash);
  });

  it("takes a certain price as the same in all cases", () => {
    const price = parseParameters(PARAMETERS).materials[1]?.price;
    expect(price).to.deep.equal({ low: COBALT_PRICE, base: COBALT_PRICE, high: COBALT_PRICE });
  });

  const REFUSED: readonly (readonly [path: string, JsonObject])[] = [
    ["$.recyclingCostPerKg", changed({ recyclingCostPerKg: "-1" })],
    ["$.recyclingCostPerKg", changed({ recyclingCostPerKg: 1.2 })],
    ["$.recyclingCostPerKg", changed({ recyclingCostPerKg: { low: "2", base: "1", high: "3" } })],
    ["$.recyclingCostPerKg.high", changed({ recyclingCostPerKg: { low: "1", base: "2" } })],
    ["$.secondlife", changed({ secondlife: {} })],
    ["$.currency", changed({ currency: "euro" })],
    ["$.id", changed({ id: " " })],
    ["$.materials", changed({ materials: [] })],
    ["$.materials[1]", changed({ materials: [NICKEL, NICKEL] })],
    ["$.materials[0].recovery", nickel({ recovery: "1.01" })],
    ["$.materials[0].pricePerKg", nickel({ pricePerKg: "1e3" })],
    ["$.materials[0].quotedOn", nickel({ quotedOn: "2026-02-30" })],
    ["$.materials[0].element", nickel({ element: "nickel" })],
    ["$.contents[0].kgPerKWh.Ni", changed({ contents: [{ chemistry: "NMC622", kgPerKWh: { Ni: 0.5 } }] })],
    ["$.secondLife.years", life({ years: 1.5 })],
    ["$.secondLife.years", life({ years: 51 })],
    ["$.secondLife.use", life({ use: "export" })],
    ["$.secondLife.discountRate", life({ discountRate: "10 %" })],
    ["$.secondLife.healthFactors[0].atLeastPercent", life({ healthFactors: [{ atLeastPercent: "101", factor: "1" }] })],
  ];
  for (const [path, parameters] of REFUSED) {
    it(`refuses ${JSON.stringify(valueAt(parameters, path))} at ${path}`, () => {
      expect(expectCode("valuation-input-invalid", () => parseParameters(parameters)).details.path).to.equal(path);
    });
  }
});

function valueAt(parameters: JsonObject, path: string): JsonValue | undefined {
  const steps = path
    .slice(2)
    .split(/[.[\]]+/)
    .filter((step) => step !== "");
  return steps.reduce<JsonValue | undefined>((value, step) => (value as JsonObject | undefined)?.[step], parameters);
}
