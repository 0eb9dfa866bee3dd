/**
 * True for a number of the Chemical Abstracts Service: two to seven digits, two digits, and a check digit that is the sum
 * of the others, each times its place from the right, modulo 10.
 */
export function isCasNumber(text: string): boolean {
  if (!/^[1-9]\d{1,6}-\d\d-\d$/.test(text)) return false;
  const digits = [...text.replaceAll("-", "")].map(Number);
  const check = digits.pop();
  return digits.reverse().reduce((total, digit, i) => total + digit * (i + 1), 0) % 10 === check;
}
