/**
 * A text from elsewhere as part of one line: names, identifiers and sentences of an operator or a bundle could otherwise
 * start lines of their own ("VERIFIED …"), move the cursor, or turn the reading direction round.
 */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
