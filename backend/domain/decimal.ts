/**
 * An exact decimal number, `units` × 10^-`scale`: masses must balance to the last gram and money to the last cent, which
 * doubles cannot do (0.1 + 0.2).
 */
export interface Decimal {
  readonly units: bigint;
  /** Digits behind the point, 0 or more. */
  readonly scale: number;
}

/** The form of a decimal in a record: no exponent, no leading zero, no bare point. */
export const DECIMAL_FORM = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
/** Longest decimal: far beyond any mass or price, and far below what would make arithmetic slow. */
export const MAX_DECIMAL_LENGTH = 40;

export const ZERO: Decimal = { units: 0n, scale: 0 };

/** Reads `12.50`; undefined for what is no decimal of at most 40 characters. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > MAX_DECIMAL_LENGTH || !DECIMAL_FORM.test(text)) return undefined;
  const point = text.indexOf(".");
  if (point === -1) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** Writes it as `parseDecimal` reads it, with as many digits behind the point as its scale says. */
export function formatDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { units: -b.units, scale: b.scale });
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function sum(terms: readonly Decimal[]): Decimal {
  return terms.reduce(add, ZERO);
}

/** Below 0, 0 or above 0, as `a` is less than, equal to or greater than `b`; 1.0 equals 1. */
export function compare(a: Decimal, b: Decimal): number {
  const { units } = subtract(a, b);
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

/** `a` × 10^`power`, exactly: 1,500 g as kg is a shift by -3. */
export function shift(a: Decimal, power: number): Decimal {
  const scale = a.scale - power;
  return scale >= 0 ? { units: a.units, scale } : { units: a.units * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * `a` / `b` with `scale` digits behind the point, halves away from zero. Throws RangeError when `b` is 0: whoever divides has to know what that would mean.
 */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  if (b.units === 0n) throw new RangeError("A decimal cannot be divided by zero.");
  // a/b = (ua / 10^sa) / (ub / 10^sb); both sides are brought to one scale, so that only the units are left.
  const common = Math.max(a.scale, b.scale);
  const numerator = unitsAt(a, common) * 10n ** BigInt(scale);
  const denominator = unitsAt(b, common);
  const isNegative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [abs(numerator), abs(denominator)];
  const rounded = (2n * top + bottom) / (2n * bottom);
  return { units: isNegative ? -rounded : rounded, scale };
}

const abs = (units: bigint): bigint => (units < 0n ? -units : units);

function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}
