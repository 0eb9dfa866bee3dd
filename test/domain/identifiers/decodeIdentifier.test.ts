import { expect } from "chai";
import fc from "fast-check";
import { decodeIdentifier } from "../../../backend/domain/identifiers/decodeIdentifier.ts";
import { isLei } from "../../../backend/domain/identifiers/lei.ts";
import { lookAlikeOf } from "../../../backend/domain/identifiers/lookAlike.ts";
import { expectCode } from "../records/expectCode.ts";

describe("decodeIdentifier", () => {
  it("takes identifiers of things apart as they must stand in a record", () => {
    expect(decodeIdentifier("001cb240000003b3c0221953").identifier).to.deep.include({
      scheme: "gbt34014",
      uid: "001CB240000003B3C0221953",
    });
    expect(decodeIdentifier("(01)09521000000018(21)S1").identifier.uid).to.equal(
      "https://id.gs1.org/01/09521000000018/21/S1",
    );
    expect(decodeIdentifier("did:web:maker.example").identifier.scheme).to.equal("did");
  });

  it("takes identifiers of organisations by their check characters", () => {
    expect(decodeIdentifier("914403001922038216").identifier.scheme).to.equal("uscc");
    expect(decodeIdentifier("HWUPKR0MPOU8FGXBT394").identifier.scheme).to.equal("lei");
    for (const text of ["914403001922038217", "HWUPKR0MPOU8FGXBT395"]) {
      expectCode("organisation-check-character", () => decodeIdentifier(text));
    }
  });

  it("reads a GTIN alone, and codes as people type them, only when lenient", () => {
    expectCode("gbt-code-invalid", () => decodeIdentifier("9521000000018"));
    expectCode("uid-malformed", () => decodeIdentifier("001CB-240000003-B3C-O221953"));
    expect(decodeIdentifier("9521000000018", { lenient: true }).identifier).to.include({
      uid: "https://id.gs1.org/01/09521000000018",
      granularity: "model",
    });
    const { identifier, corrections } = decodeIdentifier("001CB-240000003-B3C-O221953", { lenient: true });
    expect(identifier.uid).to.equal("001CB240000003B3C0221953");
    expect(corrections).to.have.length(2);
  });

  it("mends no link, URN or DID: they mean what they say", () => {
    for (const text of ["https://maker.example/ a", "urn:a:17", "did:WEB:x"]) {
      expectCode("uid-malformed", () => decodeIdentifier(text, { lenient: true }));
    }
  });
});

describe("isLei", () => {
  const DIGITS = [..."0123456789"];
  const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const isDigit = (character: string) => DIGITS.includes(character);

  /** Remainder by 97 of a text with its letters read as 10 to 35. */
  const remainder = (text: string): number =>
    Number(BigInt([...text].map((character) => Number.parseInt(character, 36)).join("") || "0") % 97n);
  const withCheckDigits = (body: string): string => body + String(98 - remainder(`${body}00`)).padStart(2, "0");
  const anyLei = fc
    .array(fc.constantFrom(...DIGITS, ...LETTERS), { minLength: 18, maxLength: 18 })
    .map((characters) => withCheckDigits(characters.join("")));

  /** Every identifier with one character replaced by one of those that `others` gives for it, as `position other`. */
  const undetected = (text: string, others: (own: string) => readonly string[]): string[] =>
    [...text].flatMap((own, position) =>
      others(own)
        .filter((other) => other !== own && isLei(text.slice(0, position) + other + text.slice(position + 1)))
        .map((other) => `${position} ${other}`),
    );

  it("refuses every digit put for a digit, and every letter put for a letter", () => {
    fc.assert(
      fc.property(anyLei, (text) => {
        expect(isLei(text)).to.equal(true);
        // They differ by less than 97, which is prime and does not divide a power of ten.
        expect(undetected(text, (own) => (isDigit(own) ? DIGITS : LETTERS))).to.deep.equal([]);
      }),
      { numRuns: 30 },
    );
  });

  it("misses a letter put for a digit, or the reverse, only where that moves all before it by a multiple of 97", () => {
    fc.assert(
      fc.property(anyLei, (text) => {
        const missed = [...text].slice(0, 18).flatMap((own, position) => {
          // A letter is two digits wide: what stands before, P, counts ten times as much, so 90 P + letter − digit counts.
          const before = 90 * remainder(text.slice(0, position));
          const [kind, from] = isDigit(own) ? [LETTERS, 1] : [DIGITS, -1];
          const differenceOf = (other: string) => from * (Number.parseInt(other, 36) - Number.parseInt(own, 36));
          return kind
            .filter((other) => (before + differenceOf(other)) % 97 === 0)
            .map((other) => `${position} ${other}`);
        });
        expect(undetected(text, (own) => (isDigit(own) ? LETTERS : DIGITS))).to.deep.equal(missed);
      }),
      { numRuns: 30 },
    );
  });

  it("misses three changes of one identifier, of all there are", () => {
    expect(undetected("5493001KJTIIGC8Y1R12", () => [...DIGITS, ...LETTERS])).to.deep.equal(["6 L", "7 7", "14 E"]);
  });
});

describe("lookAlikeOf", () => {
  it("is equal for what people take for one another, and for nothing else", () => {
    const base = "https://id.gs1.org/01/09521000000018/21/";
    expect(lookAlikeOf(`${base}SO1B2`)).to.equal(lookAlikeOf(`${base}50I8Z`));
    expect(lookAlikeOf(`${base}a7`)).to.equal(lookAlikeOf(`${base}A7`));
    expect(lookAlikeOf(`${base}A7`)).not.to.equal(lookAlikeOf(`${base}A4`));
  });
});
