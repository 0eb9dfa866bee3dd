import { expect } from "chai";
import fc from "fast-check";
import { fromBase64url, toBase64url } from "../../../backend/domain/records/base64url.ts";

describe("base64url", () => {
  it("writes as the platform does, and reads it back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).to.equal(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64url(text)).to.deep.equal(bytes);
      }),
    );
  });

  it("reads one spelling of each byte string, and no other text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12, unit: "binary-ascii" }), (text) => {
        const bytes = fromBase64url(text);
        if (bytes !== undefined) expect(toBase64url(bytes)).to.equal(text);
      }),
      { numRuns: 2_000 },
    );
    for (const text of ["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A A", "+/+/", "AAÄA", "AA\u0100A", "AAA\n"]) {
      expect(fromBase64url(text), JSON.stringify(text)).to.equal(undefined);
    }
  });
});
