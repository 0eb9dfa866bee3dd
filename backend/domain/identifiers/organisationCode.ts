/** GB 32100: digits and letters without I, O, S, V, Z; a character's place here is its value. */
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const FORM = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/**
 * True for a unified social credit code 统一社会信用代码 (GB 32100-2015): registering department and kind, six digits of the
 * district, nine characters of the organisation, and a check character by weights 3^i modulo 31.
 */
export function isOrganisationCode(code: string): boolean {
  if (!FORM.test(code)) return false;
  let weight = 1;
  let total = 0;
  for (const character of code.slice(0, -1)) {
    total += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (total % 31)) % 31] === code.at(-1);
}
