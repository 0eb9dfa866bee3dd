import { expect } from "chai";
import fc from "fast-check";
import { encodePercent } from "../../../backend/domain/identifiers/percentEncoding.ts";
import { normaliseUid, parseUid } from "../../../backend/domain/identifiers/uid.ts";
import links from "../../vectors/identifiers/gs1-many-links-one-item.json" with { type: "json" };
import refused from "../../vectors/identifiers/uid-refused.json" with { type: "json" };
import spellings from "../../vectors/identifiers/uid-spellings.json" with { type: "json" };
import { expectCode } from "../records/expectCode.ts";

describe("parseUid", () => {
  for (const { raw, uid, granularity, parts } of links.cases) {
    it(`reads ${raw} as ${granularity} ${uid}`, () => {
      expect(parseUid(raw)).to.deep.equal({ scheme: "gs1", uid, granularity, parts });
    });
  }

  for (const { raw, uid, scheme } of spellings.cases) {
    it(`reads ${raw} as ${scheme} ${uid}`, () => {
      expect(parseUid(raw)).to.include({ scheme, uid, granularity: "item" });
    });
  }

  for (const { fact, raw, code } of refused.cases) {
    it(`refuses ${fact}`, () => {
      expectCode(code, () => parseUid(raw));
    });
  }

  it("gives a normalised identifier back unchanged", () => {
    for (const { uid } of [...links.cases, ...spellings.cases]) expect(normaliseUid(uid)).to.equal(uid);
  });
});

describe("normaliseUid, over many inputs", () => {
  const characters82 = [..."!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"];
  const serial = fc
    .string({ unit: fc.constantFrom(...characters82), minLength: 1, maxLength: 20 })
    .filter((text) => text !== "." && text !== "..");
  /** Escapes every character that needs it, and by chance others, in either case. */
  const carelesslyEncode = (text: string, coins: readonly boolean[]) =>
    [...text]
      .map((character, i) => {
        const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
        return coins[i] ? `%${i % 2 === 0 ? hex : hex.toUpperCase()}` : encodePercent(character);
      })
      .join("");

  it("makes one uid of every way to escape a serial", () => {
    fc.assert(
      fc.property(serial, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (text, coins) => {
        const plain = parseUid(`https://id.gs1.org/01/09520123456788/21/${encodePercent(text)}`);
        expect(plain.parts).to.deep.equal({ gtin: "09520123456788", serial: text });
        const careless = `http://resolver.example/01/9520123456788/21/${carelesslyEncode(text, coins)}`;
        expect(normaliseUid(careless)).to.equal(plain.uid);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses every GTIN with one digit changed", () => {
    fc.assert(
      fc.property(fc.nat(13), fc.integer({ min: 1, max: 9 }), (position, shift) => {
        const digits = [..."09520123456788"].map(Number);
        digits[position] = ((digits[position] as number) + shift) % 10;
        expectCode("gtin-check-digit", () => parseUid(`https://id.gs1.org/01/${digits.join("")}/21/1`));
      }),
    );
  });

  it("either refuses with a DomainError or gives a fixed point", () => {
    const piece = fc.constantFrom(
      ..."aZ09%/:?#=.-_~ ",
      ..."äА",
      "%2e",
      "%41",
      "/01/",
      "09520123456788",
      "/21/",
      "urn:ex:",
      "did:x:",
    );
    const start = fc.constantFrom("https://h.example/", "http://h.example", "urn:ex:", "did:web:", "", "HTTPS://");
    fc.assert(
      fc.property(start, fc.array(piece, { maxLength: 12 }), (head, pieces) => {
        const raw = head + pieces.join("");
        let uid: string;
        try {
          uid = normaliseUid(raw);
        } catch (error) {
          expect((error as Error).name).to.equal("DomainError");
          return;
        }
        expect(normaliseUid(uid)).to.equal(uid);
      }),
      { numRuns: 1000 },
    );
  });
});
