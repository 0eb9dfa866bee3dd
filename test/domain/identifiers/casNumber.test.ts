import { expect } from "chai";
import { isCasNumber } from "../../../backend/domain/identifiers/casNumber.ts";

describe("a CAS number", () => {
  it("holds by its check digit", () => {
    for (const number of ["7732-18-5", "7439-93-2", "7440-48-4", "7782-42-5", "21324-40-3"]) {
      expect(isCasNumber(number), number).to.equal(true);
      const last = Number(number.at(-1));
      expect(isCasNumber(`${number.slice(0, -1)}${(last + 1) % 10}`), number).to.equal(false);
    }
  });

  it("has no other form, not even with the space that partners send", () => {
    for (const text of ["", "7439-93-2 ", "7439932", "07439-93-2", "7439-93", "a439-93-2"]) {
      expect(isCasNumber(text), JSON.stringify(text)).to.equal(false);
    }
  });
});
