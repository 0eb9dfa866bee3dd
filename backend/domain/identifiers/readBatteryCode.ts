import { type BatteryCode, type BatteryCodeOptions, decodeBatteryCode } from "./batteryCode.ts";

/** One thing that was read otherwise than it was written. */
export interface Correction {
  /** Position in the code from 1; 0 for what concerns the whole text. */
  readonly position: number;
  readonly written: string;
  readonly read: string;
}

/** A battery code as a person copied it, and what had to be mended to make it one. */
export interface BatteryCodeReading {
  readonly code: BatteryCode;
  /** Empty when the text was a code already; otherwise somebody should look at the battery again. */
  readonly corrections: readonly Correction[];
}

/** White space and the signs that people put between groups; a code holds none of them. */
const SEPARATORS = /[\s\-\u2010-\u2015._/·]+/gu;
/** Letters that GB/T 34014 does not use in dates, and letters in the serial, by the digit they look like. */
const DIGITS: Readonly<Record<string, string>> = { O: "0", Q: "0", I: "1", L: "1", Z: "2", S: "5", B: "8" };
/** How many characters at the end of both forms are date (3) and serial (7); cascade use has two more behind them. */
const DATE_AND_SERIAL = 10;
const NOT_IN_DATES = /[IOQUZ]/;

/**
 * Reads a GB/T 34014 code leniently, for text that was typed, copied or photographed: full-width forms become ASCII
 * (NFKC), case and separators are dropped, and a letter that cannot stand in the date or the serial becomes the digit it
 * looks like. Letters where the standard allows letters are never touched: nobody can know. Whatever was changed is
 * listed. For identifiers that are signed use `decodeBatteryCode`, which changes nothing but case.
 * Throws the codes of `decodeBatteryCode`.
 */
export function readBatteryCode(text: string, options: BatteryCodeOptions = {}): BatteryCodeReading {
  const corrections: Correction[] = [];
  const note = (position: number, written: string, read: string) => {
    if (written !== read) corrections.push({ position, written, read });
  };
  const ascii = text.normalize("NFKC");
  const joined = ascii.replace(SEPARATORS, "");
  note(0, text, joined);
  const upper = joined.toUpperCase();
  const end = upper.length === 19 ? upper.length - 2 : upper.length;
  const characters = [...upper].map((character, i) => {
    const place = i - (end - DATE_AND_SERIAL);
    if (place < 0 || i >= end) return character;
    const cannotStand = place < 3 ? NOT_IN_DATES.test(character) : /[A-Z]/.test(character);
    const read = cannotStand ? (DIGITS[character] ?? character) : character;
    note(i + 1, character, read);
    return read;
  });
  return { code: decodeBatteryCode(characters.join(""), options), corrections };
}
