import { expect } from "chai";
import { type Decimal, parseDecimal } from "../../../backend/domain/decimal.ts";
import { residualValue, type ValuationInputs } from "../../../backend/domain/valuation/residualValue.ts";

const decimal = (text: string): Decimal => parseDecimal(text) as Decimal;

const REUSE = {
  newPrice: decimal("100"),
  ratedEnergy: decimal("60"),
  usedDiscount: decimal("0.6"),
  healthFactor: decimal("0.75"),
  repurposingCost: decimal("15"),
  years: 2,
  discountRate: decimal("0.1"),
};
const metal = (element: string, mass: string, price: string) => ({
  element,
  mass: decimal(mass),
  recovery: decimal("0.95"),
  payable: decimal("0.7"),
  price: decimal(price),
});
const INPUTS: ValuationInputs = {
  currency: "EUR",
  materials: [metal("Ni", "30", "16"), metal("Co", "10", "30.10")],
  mass: decimal("300"),
  recyclingCost: decimal("1"),
  reuse: REUSE,
};

describe("residualValue", () => {
  it("takes the way that is worth more, and shows both to the cent", () => {
    // Material 319.20 + 200.165 − 300; reuse 0.45 × 6000 − 900 + 219.365 / 1.21.
    const { steps: _, ...result } = residualValue(INPUTS);
    expect(result).to.deep.equal({
      way: "reuse",
      value: "1981.29",
      materialValue: "219.37",
      reuseValue: "1981.29",
    });
    const dear = residualValue({ ...INPUTS, reuse: { ...REUSE, repurposingCost: decimal("45") } });
    expect([dear.way, dear.value, dear.reuseValue]).to.deep.equal(["recycling", "219.37", "181.29"]);
  });

  it("shows every step with its exact result", () => {
    expect(residualValue(INPUTS).steps.map(({ of, working, result }) => `${of}: ${working} = ${result}`)).to.deep.equal(
      [
        "Ni: 30 kg × 0.95 recovered × 16 EUR/kg × 0.7 paid = 319.2",
        "Co: 10 kg × 0.95 recovered × 30.1 EUR/kg × 0.7 paid = 200.165",
        "recycling cost: 300 kg × 1 EUR/kg = 300",
        "material value: materials − recycling cost = 219.365",
        "used battery: 60 kWh × 100 EUR/kWh × 0.6 used × 0.75 health = 2700",
        "repurposing cost: 60 kWh × 15 EUR/kWh = 900",
        "material later: material value / (1 + 0.1)^2 = 181.293388429752",
        "reuse value: used battery − repurposing cost + material later = 1981.293388429752",
        "value: the greater of the two = 1981.29",
      ],
    );
  });

  it("may be below zero, and knows batteries that are fit for no second life", () => {
    const value = residualValue({ ...INPUTS, reuse: null, recyclingCost: decimal("2") });
    expect([value.way, value.value, value.reuseValue]).to.deep.equal(["recycling", "-80.64", null]);
  });

  it("counts in decimals: a tenth and two tenths are three tenths", () => {
    const one = decimal("1");
    const lithium = (mass: string) => ({ element: "Li", mass: decimal(mass), recovery: one, payable: one, price: one });
    const materials = [lithium("0.1"), lithium("0.2")];
    const sum = residualValue({ ...INPUTS, reuse: null, materials, mass: decimal("0.3") });
    expect(sum.steps.at(-2)?.result).to.equal("0");
  });
});
