/** Prices of EIP-1559, in wei per gas. */
export type Fees = { readonly maxFee: bigint; readonly priorityFee: bigint };

const bump = (fee: bigint): bigint => (fee * 1125n + 999n) / 1000n;

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * Fees of a replacement: both at least 12.5 % above the attempt's (nodes refuse less than 10 %), or the market's if
 * that is more. Null when the cap forbids it.
 */
export function bumpFees(attempt: Fees, market: Fees, maxFeeCap: bigint): Fees | null {
  const maxFee = greater(bump(attempt.maxFee), market.maxFee);
  const priorityFee = greater(bump(attempt.priorityFee), market.priorityFee);
  return maxFee > maxFeeCap ? null : { maxFee, priorityFee: lesser(priorityFee, maxFee) };
}
