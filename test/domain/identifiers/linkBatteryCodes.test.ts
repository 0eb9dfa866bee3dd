import { expect } from "chai";
import { decodeBatteryCode } from "../../../backend/domain/identifiers/batteryCode.ts";
import { checkCascade, checkParts } from "../../../backend/domain/identifiers/linkBatteryCodes.ts";
import vectors from "../../vectors/identifiers/gbt34014-links.json" with { type: "json" };

const decode = (code: string) => decodeBatteryCode(code);
const said = (rules: readonly string[]) =>
  rules.length === 0 ? "finds nothing wrong with" : `finds ${rules.join(", ")} in`;

describe("checkParts", () => {
  for (const { fact, whole, parts, rules } of vectors.parts) {
    it(`${said(rules)} ${fact}`, () => {
      expect(checkParts(decode(whole), parts.map(decode)).map(({ rule }) => rule)).to.deep.equal(rules);
    });
  }
});

describe("checkCascade", () => {
  for (const { fact, cascade, originals, kept, rules } of vectors.cascade) {
    it(`${said(rules)} ${fact}`, () => {
      const problems = checkCascade(decode(cascade), originals.map(decode), kept);
      expect(problems.map(({ rule }) => rule)).to.deep.equal(rules);
    });
  }
});
