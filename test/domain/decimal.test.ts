import { expect } from "chai";
import fc from "fast-check";
import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  shift,
  subtract,
  sum,
} from "../../backend/domain/decimal.ts";

const read = (text: string): Decimal => {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw new Error(`${text} is no decimal`);
  return decimal;
};
const decimals = fc
  .record({ units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), scale: fc.nat(12) })
  .map((decimal): Decimal => decimal);

describe("a decimal", () => {
  it("is read and written as the same text", () => {
    for (const text of ["0", "304", "-5", "5.561", "0.001", "-0.05", "20.370"]) {
      expect(formatDecimal(read(text))).to.equal(text);
    }
    fc.assert(
      fc.property(decimals, (decimal) => {
        expect(read(formatDecimal(decimal))).to.deep.equal(decimal);
      }),
    );
  });

  it("has no other form", () => {
    const longest = "1".repeat(40);
    expect(formatDecimal(read(longest))).to.equal(longest);
    for (const text of ["", "-", ".5", "5.", "01", "1e3", "+1", "1,5", " 1", "1\n", "0x1", "NaN", `${longest}1`]) {
      expect(parseDecimal(text), JSON.stringify(text)).to.equal(undefined);
    }
  });

  it("adds what doubles cannot", () => {
    expect(formatDecimal(add(read("0.1"), read("0.2")))).to.equal("0.3");
    expect(formatDecimal(sum(["133.800", "19.148", "58.352", "41.2", "46.3", "5.2"].map(read)))).to.equal("304.000");
    expect(formatDecimal(sum([]))).to.equal("0");
  });

  it("compares by amount, not by digits", () => {
    expect(compare(read("1.0"), read("1"))).to.equal(0);
    expect(compare(read("-0"), read("0"))).to.equal(0);
    expect(compare(read("9.99"), read("10"))).to.equal(-1);
    expect(compare(read("-2"), read("-10"))).to.equal(1);
  });

  it("moves the point without losing a digit", () => {
    expect(formatDecimal(shift(read("1500"), -3))).to.equal("1.500");
    expect(formatDecimal(shift(read("1.5"), 3))).to.equal("1500");
    fc.assert(
      fc.property(decimals, fc.integer({ min: -9, max: 9 }), (decimal, power) => {
        expect(compare(shift(shift(decimal, power), -power), decimal)).to.equal(0);
      }),
    );
  });

  it("divides to as many digits as asked, halves away from zero", () => {
    const quotient = (a: string, b: string, scale: number) => formatDecimal(divide(read(a), read(b), scale));
    expect(quotient("12620", "166", 1)).to.equal("76.0");
    expect(quotient("2", "3", 4)).to.equal("0.6667");
    expect([quotient("1", "8", 2), quotient("-1", "8", 2)]).to.deep.equal(["0.13", "-0.13"]);
    expect([quotient("0.001", "-0.5", 3), quotient("-1", "-4", 2)]).to.deep.equal(["-0.002", "0.25"]);
    expect(() => divide(read("1"), read("0.00"), 2)).to.throw(RangeError);
  });

  it("follows the laws of arithmetic", () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        expect(compare(subtract(add(a, b), b), a)).to.equal(0);
        expect(compare(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).to.equal(0);
        expect(compare(a, b)).to.equal(0 - compare(b, a));
      }),
    );
  });

  it("is off by less than half a last digit after a division", () => {
    fc.assert(
      fc.property(
        decimals,
        decimals.filter(({ units }) => units !== 0n),
        fc.nat(8),
        (a, b, scale) => {
          const error = subtract(multiply(divide(a, b, scale), b), a);
          const twice = multiply(error, { units: 2n, scale: 0 });
          const digit = multiply(b, { units: 1n, scale });
          const size = ({ units, scale: digits }: Decimal): Decimal => ({
            units: units < 0n ? -units : units,
            scale: digits,
          });
          expect(compare(size(twice), size(digit))).to.be.at.most(0);
        },
      ),
    );
  });
});
