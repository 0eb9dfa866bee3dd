import { expect } from "chai";
import { readBatteryCode } from "../../../backend/domain/identifiers/readBatteryCode.ts";
import vectors from "../../vectors/identifiers/gbt34014-as-people-type-it.json" with { type: "json" };
import { expectCode } from "../records/expectCode.ts";

describe("readBatteryCode", () => {
  for (const { fact, text, code, corrections } of vectors.read) {
    it(`reads ${fact}`, () => {
      const reading = readBatteryCode(text);
      expect(reading.code.code).to.equal(code);
      expect(reading.corrections).to.deep.equal(corrections);
    });
  }

  for (const { fact, text, code } of vectors.refused) {
    it(`refuses ${fact}`, () => expectCode(code, () => readBatteryCode(text)));
  }
});
