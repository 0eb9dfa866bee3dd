import { expect } from "chai";
import { isOrganisationCode } from "../../../backend/domain/identifiers/organisationCode.ts";

/** In the public register, so that the weights are somebody else's. */
const REGISTERED = "914403001922038216";

describe("a unified social credit code", () => {
  it("is one that is in use", () => {
    expect(isOrganisationCode(REGISTERED)).to.equal(true);
  });

  it("has one check character for each beginning", () => {
    const accepted = [..."0123456789ABCDEFGHJKLMNPQRTUWXY"].filter((last) =>
      isOrganisationCode(`91500000MA5U00000${last}`),
    );
    expect(accepted).to.have.length(1);
  });

  it("finds every character that is wrong, and every two that are swapped", () => {
    for (let at = 0; at < REGISTERED.length; at++) {
      const wrong = REGISTERED[at] === "7" ? "8" : "7";
      expect(isOrganisationCode(REGISTERED.slice(0, at) + wrong + REGISTERED.slice(at + 1)), `position ${at}`).to.equal(
        false,
      );
      const [left, right] = [REGISTERED[at], REGISTERED[at + 1]];
      if (right === undefined || left === right) continue;
      expect(
        isOrganisationCode(REGISTERED.slice(0, at) + right + left + REGISTERED.slice(at + 2)),
        `swap ${at}`,
      ).to.equal(false);
    }
  });

  it("has 18 characters of its own alphabet", () => {
    for (const text of ["", "91440300192203821", "9144030019220382166", "91440300I922038216", " 914403001922038216"]) {
      expect(isOrganisationCode(text)).to.equal(false);
    }
    expect(isOrganisationCode("91500000ma5u000007")).to.equal(false);
  });
});
