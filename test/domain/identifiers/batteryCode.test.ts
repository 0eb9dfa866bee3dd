import { expect } from "chai";
import { chemistryLetter, decodeBatteryCode } from "../../../backend/domain/identifiers/batteryCode.ts";
import cascade from "../../vectors/identifiers/gbt34014-cascade-codes.json" with { type: "json" };
import dates from "../../vectors/identifiers/gbt34014-dates.json" with { type: "json" };
import real from "../../vectors/identifiers/gbt34014-real-codes.json" with { type: "json" };
import { expectCode } from "../records/expectCode.ts";

const LFP_CELL = "001CB240000003B3C0221953";

describe("decodeBatteryCode", () => {
  for (const expected of real.cases) {
    it(`takes ${expected.code} apart`, () => {
      expect(decodeBatteryCode(expected.code)).to.deep.equal({ ...expected, cascadeLevel: undefined });
    });
  }

  for (const expected of cascade.cases) {
    it(`takes the cascade code ${expected.code} apart`, () => {
      expect(decodeBatteryCode(expected.code)).to.deep.equal({ ...expected, traceability: undefined });
    });
  }

  for (const { letters, date } of dates.cases) {
    const code = `001CB240000003${letters}0221953`;
    it(date === null ? `refuses the date ${letters}` : `reads the date ${letters} as ${date}`, () => {
      if (date === null) expectCode("gbt-code-date-invalid", () => decodeBatteryCode(code));
      else expect(decodeBatteryCode(code).date).to.equal(date);
    });
  }

  it("refuses the letters that the standard leaves out, in every part of the date", () => {
    for (const letter of "IOQUZ") {
      for (const position of [14, 15, 16]) {
        const code = LFP_CELL.slice(0, position) + letter + LFP_CELL.slice(position + 1);
        expectCode("gbt-code-invalid", () => decodeBatteryCode(code));
      }
    }
  });

  it("refuses serial 0 only when strict", () => {
    const code = "001CB240000003B3C0000000";
    expect(decodeBatteryCode(code).serial).to.equal("0000000");
    expectCode("gbt-code-serial-zero", () => decodeBatteryCode(code, { strict: true }));
  });

  it("refuses a date after today, and accepts today", () => {
    expect(decodeBatteryCode(LFP_CELL, { today: "2021-03-12" }).date).to.equal("2021-03-12");
    expectCode("gbt-code-date-in-future", () => decodeBatteryCode(LFP_CELL, { today: "2021-03-11" }));
  });

  it("compares the type with the declared chemistry where a rule is known", () => {
    expect(decodeBatteryCode(LFP_CELL, { chemistry: "LFP" }).chemistry).to.equal("B");
    expect(decodeBatteryCode(LFP_CELL, { chemistry: "sodium-ion" }).chemistry).to.equal("B");
    const error = expectCode("gbt-code-chemistry-mismatch", () => decodeBatteryCode(LFP_CELL, { chemistry: "NMC622" }));
    expect(error.details).to.include({ inCode: "B", expected: "E" });
  });

  it("knows the families of the figures", () => {
    expect(["LFP", "NMC111", "NMC622", "NMC811", "NCA", "NCM523", "LTO"].map(chemistryLetter)).to.deep.equal([
      "B",
      "E",
      "E",
      "E",
      "E",
      "E",
      "G",
    ]);
  });
});
