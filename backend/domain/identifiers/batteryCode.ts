import { DomainError } from "../errors.ts";

/** What the part is: pack 电池包, module 模块 or cell 单体. */
export type BatteryLevel = "pack" | "module" | "cell";

/** A code by GB/T 34014-2017, taken apart. */
export interface BatteryCode {
  readonly code: string;
  /** `new` has 24 characters; `cascade` (梯次利用) has 19 and no traceability field. */
  readonly use: "new" | "cascade";
  readonly manufacturer: string;
  readonly level: BatteryLevel;
  /** The letter of the battery type, see `CHEMISTRY_NAMES`. */
  readonly chemistry: string;
  readonly specification: string;
  /** Undefined for cascade use. */
  readonly traceability: string | undefined;
  /** Date of manufacture, YYYY-MM-DD. */
  readonly date: string;
  readonly serial: string;
  /** The level of the product for cascade use; undefined for a new product. */
  readonly cascadeLevel: BatteryLevel | undefined;
}

export interface BatteryCodeOptions {
  /** YYYY-MM-DD in the place of manufacture; given, a later date in the code is refused. */
  readonly today?: string;
  /** As declared, like `LFP` or `NMC622`; given, the code's type letter must agree. Unlisted chemistries are not compared. */
  readonly chemistry?: string;
  /** Refuses serial 0000000, which no product should carry. */
  readonly strict?: boolean;
}

const NEW_PRODUCT =
  /^([A-Z0-9]{3})([PMC])([A-GZ])([A-Z0-9]{2})([A-Z0-9]{7})([1-9A-HJ-NPRSTV-Y])([1-9A-C])([0-9A-HJ-NPRSTV-Y])([0-9]{7})$/;
const CASCADE_USE =
  /^([A-Z0-9]{3})([PMC])([A-GZ])([A-Z0-9]{2})()([1-9A-HJ-NPRSTV-Y])([1-9A-C])([0-9A-HJ-NPRSTV-Y])([0-9]{7})R([PMC])$/;

const LEVELS: Readonly<Record<string, BatteryLevel>> = { P: "pack", M: "module", C: "cell" };

/** Years and days; no I, O, Q, U, Z. Year 1 is 2011, A is 2020; day A is 10, Y is 30, and 0 is 31. */
const DATE_ALPHABET = "123456789ABCDEFGHJKLMNPRSTVWXY";
const FIRST_YEAR = 2011;

/** Families of declared chemistries by type letter. B and E are confirmed, the others background knowledge. */
const CHEMISTRIES: readonly (readonly [RegExp, string])[] = [
  [/^NI-?MH/i, "A"],
  [/^LFP/i, "B"],
  [/^LMO/i, "C"],
  [/^LCO/i, "D"],
  [/^(?:NMC|NCM|NCA|NCMA)/i, "E"],
  [/^LTO/i, "G"],
];

/** The type letters in words; all but B and E are background knowledge. */
export const CHEMISTRY_NAMES: Readonly<Record<string, string>> = {
  A: "nickel metal hydride",
  B: "lithium iron phosphate",
  C: "lithium manganese oxide",
  D: "lithium cobalt oxide",
  E: "ternary",
  F: "supercapacitor",
  G: "lithium titanate",
  Z: "other",
};

/**
 * Takes a GB/T 34014 code apart. Lower case is read as upper case; beyond that the code must be exact. There is no
 * check digit, so the date must at least exist. Throws `uid-non-ascii` (full-width letters look the same and are not),
 * `gbt-code-invalid`, `gbt-code-date-invalid`, and by the options `gbt-code-serial-zero`, `gbt-code-date-in-future`,
 * `gbt-code-chemistry-mismatch`.
 */
export function decodeBatteryCode(code: string, options: BatteryCodeOptions = {}): BatteryCode {
  const decoded = decode(code);
  const { date, serial, chemistry } = decoded;
  if (options.strict && /^0+$/.test(serial)) {
    throw new DomainError("gbt-code-serial-zero", "The serial number of the battery code is 0.", {
      code: decoded.code,
    });
  }
  if (options.today !== undefined && date > options.today) {
    throw new DomainError("gbt-code-date-in-future", "The battery code's date of manufacture is in the future.", {
      code: decoded.code,
      date,
      today: options.today,
    });
  }
  const expected = options.chemistry === undefined ? undefined : chemistryLetter(options.chemistry);
  if (expected !== undefined && expected !== chemistry) {
    throw new DomainError(
      "gbt-code-chemistry-mismatch",
      "The battery code's type differs from the declared chemistry.",
      {
        code: decoded.code,
        inCode: chemistry,
        declared: options.chemistry,
        expected,
      },
    );
  }
  return decoded;
}

/** The type letter for a declared chemistry; undefined when no rule is known for it. */
export function chemistryLetter(chemistry: string): string | undefined {
  return CHEMISTRIES.find(([family]) => family.test(chemistry))?.[1];
}

function decode(code: string): BatteryCode {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
  if (!/^[\x00-\x7f]*$/.test(code)) {
    throw new DomainError("uid-non-ascii", "A battery code is ASCII only; similar letters are not accepted.", { code });
  }
  const upper = code.toUpperCase();
  const match = NEW_PRODUCT.exec(upper) ?? CASCADE_USE.exec(upper);
  if (!match) {
    const sentence = "The text is not a battery code by GB/T 34014: 24 characters, or 19 for cascade use.";
    throw new DomainError("gbt-code-invalid", sentence, { code });
  }
  const [, manufacturer = "", level = "", chemistry = "", specification = "", traceability, ...rest] = match;
  const [year = "", month = "", day = "", serial = "", cascadeLevel] = rest;
  return {
    code: upper,
    use: cascadeLevel ? "cascade" : "new",
    manufacturer,
    level: levelOf(level),
    chemistry,
    specification,
    traceability: traceability || undefined,
    date: readDate(upper, year, month, day),
    serial,
    cascadeLevel: cascadeLevel ? levelOf(cascadeLevel) : undefined,
  };
}

function levelOf(letter: string): BatteryLevel {
  return LEVELS[letter] ?? "pack";
}

function readDate(code: string, yearLetter: string, monthLetter: string, dayLetter: string): string {
  const year = FIRST_YEAR + DATE_ALPHABET.indexOf(yearLetter);
  const month = DATE_ALPHABET.indexOf(monthLetter) + 1;
  const day = dayLetter === "0" ? 31 : DATE_ALPHABET.indexOf(dayLetter) + 1;
  const isLeap = year % 4 === 0; // 2011 to 2040 has no century
  const lastDay = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (day > lastDay) {
    throw new DomainError("gbt-code-date-invalid", "The battery code's date does not exist.", {
      code,
      year,
      month,
      day,
    });
  }
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
