import { DomainError } from "../errors.ts";

/**
 * A GTIN of 8, 12, 13 or 14 digits as 14 digits, zeros in front (GS1 General Specifications, 3.3.2).
 * Throws `uid-malformed` for another length and `gtin-check-digit` when the last digit does not fit the others.
 */
export function normaliseGtin(digits: string): string {
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits) || /^0+$/.test(digits)) {
    throw new DomainError("uid-malformed", "A GTIN has 8, 12, 13 or 14 digits, not all of them 0.", { gtin: digits });
  }
  const gtin = digits.padStart(14, "0");
  const expected = gs1CheckDigit(gtin.slice(0, 13));
  if (gtin[13] !== expected) {
    throw new DomainError("gtin-check-digit", "The check digit of the GTIN is wrong.", { gtin: digits, expected });
  }
  return gtin;
}

/** Weights 3, 1, 3 … from the left of the first 13 digits, up to the next ten (GS1 General Specifications, 7.9.1). */
export function gs1CheckDigit(thirteenDigits: string): string {
  let sum = 0;
  for (const [position, digit] of [...thirteenDigits].entries()) sum += Number(digit) * (position % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}
