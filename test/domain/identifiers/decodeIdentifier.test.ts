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
  it("refuses every identifier with one character changed", () => {
    const characters = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    fc.assert(
      fc.property(fc.nat(17), fc.constantFrom(...characters), (position, other) => {
        const text = "5493001KJTIIGC8Y1R12";
        expect(isLei(text)).to.equal(true);
        fc.pre(text[position] !== other);
        // Two characters 97 apart would collide; single ones in one place never do: 97 is prime and above 35.
        expect(isLei(text.slice(0, position) + other + text.slice(position + 1))).to.equal(false);
      }),
    );
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
