import { expect } from "chai";
import { residualValue, type ValuationInputs } from "../../../backend/domain/rules/residualValue.ts";
import { expectCode } from "../records/expectCode.ts";

const REUSE = {
  newPrice: "100",
  ratedEnergy: "60",
  usedDiscount: "0.6",
  healthFactor: "0.75",
  repurposingCost: "900",
  years: 2,
  discountRate: "0.1",
};
const INPUTS: ValuationInputs = {
  currency: "EUR",
  pricesOn: "2026-03-01",
  materials: [
    { element: "Ni", mass: "30", recovery: "0.95", payable: "0.7", price: "16" },
    { element: "Co", mass: "10", recovery: "0.95", payable: "0.7", price: "30.10" },
  ],
  recyclingCost: "300",
  reuse: REUSE,
};

describe("residualValue", () => {
  it("takes the way that is worth more, and shows both to the cent", () => {
    // Material 319.20 + 200.165 − 300; reuse 0.45 × 6000 − 900 + 219.365 / 1.21.
    expect(residualValue(INPUTS)).to.deep.equal({
      currency: "EUR",
      pricesOn: "2026-03-01",
      way: "reuse",
      value: "1981.29",
      materialValue: "219.37",
      reuseValue: "1981.29",
      disclaimer: "not an appraisal",
    });
    const dear = residualValue({ ...INPUTS, reuse: { ...REUSE, repurposingCost: "2700" } });
    expect([dear.way, dear.value, dear.reuseValue]).to.deep.equal(["recycling", "219.37", "181.29"]);
  });

  it("may be below zero, and knows batteries that are fit for no second life", () => {
    const { reuse: _, ...waste } = INPUTS;
    const value = residualValue({ ...waste, recyclingCost: "600" });
    expect([value.way, value.value, value.reuseValue]).to.deep.equal(["recycling", "-80.64", null]);
  });

  it("counts in decimals: a tenth and two tenths are three tenths", () => {
    const material = (mass: string) => ({ element: "Li", mass, recovery: "1", payable: "1", price: "1" });
    const { reuse: _, ...waste } = INPUTS;
    const sum = residualValue({ ...waste, materials: [material("0.1"), material("0.2")], recyclingCost: "0.3" });
    expect(sum.value).to.equal("0.00");
  });

  for (const [path, inputs] of [
    ["$.recyclingCost", { ...INPUTS, recyclingCost: "-1" }],
    ["$.materials[0].recovery", { ...INPUTS, materials: [{ ...INPUTS.materials[0], recovery: "1.01" }] }],
    ["$.materials[0].mass", { ...INPUTS, materials: [{ ...INPUTS.materials[0], mass: "1e3" }] }],
    ["$.reuse.years", { ...INPUTS, reuse: { ...REUSE, years: 1.5 } }],
    ["$.reuse.years", { ...INPUTS, reuse: { ...REUSE, years: 51 } }],
    ["$.reuse.discountRate", { ...INPUTS, reuse: { ...REUSE, discountRate: "10 %" } }],
  ] as [string, ValuationInputs][]) {
    it(`refuses an input at ${path} beyond its range`, () => {
      expect(expectCode("valuation-input-invalid", () => residualValue(inputs)).details.path).to.equal(path);
    });
  }
});
