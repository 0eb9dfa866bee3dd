/**
 * True for a legal entity identifier (ISO 17442-1): 18 letters and digits and two check digits, by which the whole, with
 * letters read as 10 to 35, leaves 1 when divided by 97 (ISO/IEC 7064, MOD 97-10). That catches every digit misread as
 * another and every letter misread as another; of digits misread as letters, or the reverse, about one in a hundred passes.
 */
export function isLei(text: string): boolean {
  if (!/^[0-9A-Z]{18}\d{2}$/.test(text)) return false;
  const digits = [...text].map((character) => Number.parseInt(character, 36)).join("");
  return BigInt(digits) % 97n === 1n;
}
