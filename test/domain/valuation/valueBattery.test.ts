import { expect } from "chai";
import fc from "fast-check";
import { checkRecordFields } from "../../../backend/domain/records/checkRecordFields.ts";
import type { JsonObject } from "../../../backend/domain/types.ts";
import { batteryOf } from "../../../backend/domain/valuation/battery.ts";
import { parseParameters } from "../../../backend/domain/valuation/parameters.ts";
import { residualValueFields } from "../../../backend/domain/valuation/residualValueFields.ts";
import { valueBattery } from "../../../backend/domain/valuation/valueBattery.ts";
import { expectCode } from "../records/expectCode.ts";
import { SUBJECT } from "../records/sampleFields.ts";
import { HEALTH, PACK, PARAMETERS } from "./sampleValuation.ts";

const quantity = (value: string, unit: string): JsonObject => ({ value, unit });
const valued = (parameters: JsonObject, ...battery: readonly JsonObject[]) =>
  valueBattery(parseParameters(parameters), batteryOf(battery));

describe("valueBattery", () => {
  it("values a pack by its chemistry and health, in three cases", () => {
    const valuation = valued(PARAMETERS, PACK, HEALTH);
    const { low, base, high, use, battery } = valuation;
    // Ni 58.2 × 0.532 = 30.9624 kg, Co 10.3596 kg; 76 % is in the class from 70 % on.
    expect([low.materialValue, base.materialValue, high.materialValue]).to.deep.equal(["9.22", "172.00", "314.68"]);
    expect([low.value, base.value, high.value]).to.deep.equal(["1046.76", "1134.71", "1211.79"]);
    expect(use).to.equal("cascade");
    expect(battery).to.deep.include({ massesFrom: "contents", unpriced: ["Mn"], stateOfHealth: "76.0" });
    expect(valuation.prices.map(({ of, price, quotedOn }) => `${of} ${price} ${quotedOn}`)).to.deep.equal([
      "Ni, per kg 16 2026-11-02",
      "Co, per kg 30.10 2026-11-03",
      "new battery, per kWh 95 2026-11-01",
    ]);
    expect(valuation.disclaimer).to.equal("not an appraisal");
  });

  it("goes by the masses that the model states, and not by its chemistry, where it states them", () => {
    const metal = (element: string, mass: string) => ({ name: element, element, mass: quantity(mass, "kg") });
    const materials = [metal("Ni", "20"), metal("Ni", "10"), { name: "steel" }];
    const pack = { model: { ...PACK.model, composition: { materials } } };
    const { base, battery } = valued(PARAMETERS, pack);
    expect(battery.massesFrom).to.equal("composition");
    expect(base.steps[0]?.working).to.match(/^30 kg × /);
  });

  it("says why no second life was weighed", () => {
    const reason = (...battery: JsonObject[]) => valued(PARAMETERS, PACK, ...battery).noSecondLife;
    expect(reason()).to.equal("No state of health is known.");
    expect(reason({ stateOfHealth: quantity("69.9", "%") })).to.contain("below every health factor");
    expect(reason({ stateOfHealth: quantity("70", "%") })).to.equal(null);
    const { secondLife: _, ...recyclingOnly } = PARAMETERS;
    expect(valued(recyclingOnly, PACK, HEALTH)).to.include({
      use: "material",
      noSecondLife: "The parameters have no second life.",
    });
  });

  it("goes by the state of health that was measured last, in a mint or in a data record", () => {
    const earlier = { stateOfHealth: quantity("90", "%"), measuredAt: "2026-11-01T10:00:00+08:00" };
    const minted = { stateOfHealth: { value: quantity("99", "%"), measuredAt: "2020-01-01T00:00:00Z" } };
    expect(valued(PARAMETERS, PACK, earlier, HEALTH, minted).battery.stateOfHealth).to.equal("76.0");
    expect(valued(PARAMETERS, PACK, minted).battery.stateOfHealth).to.equal("99");
  });

  it("names the field of the battery that is missing", () => {
    const missing = (battery: JsonObject) =>
      expectCode("valuation-battery-incomplete", () => valued(PARAMETERS, battery)).details.missing;
    const { mass: _, ...light } = PACK.model as JsonObject;
    expect(missing({ model: light })).to.equal("model.mass");
    expect(missing({ model: { ...light, mass: quantity("-304", "kg") } })).to.equal("model.mass");
    expect(missing({ model: { ...PACK.model, chemistry: "LFP" } })).to.equal("model.composition.materials");
    const { ratedEnergy: __, ...unrated } = PACK.model as JsonObject;
    expect(missing({ model: unrated })).to.equal("model.ratedEnergy");
  });

  it("becomes the fields of a record that names the parameter set by id and hash", () => {
    const valuation = valued(PARAMETERS, PACK, HEALTH);
    const fields = residualValueFields(valuation, "2026-11-05");
    expect(checkRecordFields("data/1", { ...fields, type: "data/1", subject: SUBJECT })).to.deep.equal([]);
    expect(fields.parameters).to.deep.equal({ id: PARAMETERS.id, hash: valuation.parameters.hash });
    expect(fields.value).to.deep.include({ base: quantity(valuation.base.value, "EUR") });
  });

  it("ascends from low to high, whatever the prices", () => {
    const cents = fc.integer({ min: 0, max: 1_000_000 }).map((amount) => (amount / 100).toFixed(2));
    const range = fc
      .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 3, maxLength: 3 })
      .map((amounts) => amounts.sort((a, b) => a - b).map((amount) => (amount / 100).toFixed(2)))
      .map(([low, base, high]) => ({ low, base, high }) as JsonObject);
    fc.assert(
      fc.property(range, range, range, range, cents, (price, recycling, newPrice, repurposing, flat) => {
        const [nickel, cobalt] = PARAMETERS.materials as readonly JsonObject[];
        const parameters = {
          ...PARAMETERS,
          materials: [
            { ...nickel, pricePerKg: price },
            { ...cobalt, pricePerKg: flat },
          ],
          recyclingCostPerKg: recycling,
          secondLife: {
            ...(PARAMETERS.secondLife as JsonObject),
            newPricePerKWh: newPrice,
            repurposingCostPerKWh: repurposing,
          },
        };
        const fields = residualValueFields(valued(parameters as JsonObject, PACK, HEALTH), "2026-11-05");
        expect(checkRecordFields("data/1", { ...fields, type: "data/1", subject: SUBJECT })).to.deep.equal([]);
      }),
    );
  });
});
