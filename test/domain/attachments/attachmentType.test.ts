import { expect } from "chai";
import fc from "fast-check";
import QRCode from "qrcode";
import { requireAttachmentType } from "../../../backend/domain/attachments/attachmentType.ts";
import { DomainError } from "../../../backend/domain/errors.ts";
import { expectCode } from "../records/expectCode.ts";
import { chunk, end, frame, header, jpeg, pdf, png, scan, withHead, withTail } from "./samples.ts";

const HTML = "<script>alert(1)</script>";
const changed = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe("requireAttachmentType", () => {
  it("knows PDF, PNG and JPEG by their bytes", async () => {
    for (const version of ["1.4", "1.7", "2.0"]) expect(requireAttachmentType(pdf(version))).to.equal("pdf");
    expect(requireAttachmentType(png())).to.equal("png");
    expect(requireAttachmentType(new Uint8Array(await QRCode.toBuffer("a picture of another's making")))).to.equal(
      "png",
    );
    expect(requireAttachmentType(jpeg())).to.equal("jpeg");
  });

  for (const [fact, bytes] of [
    ["nothing", new Uint8Array()],
    ["a page", withHead(HTML, new Uint8Array())],
    ["a page in front of a PDF", withHead(HTML, pdf())],
    [
      "a drawing that can run scripts",
      withHead(`<svg xmlns="http://www.w3.org/2000/svg">${HTML}</svg>`, new Uint8Array()),
    ],
    ["an archive", withHead("PK\x03\x04", new Uint8Array(40))],
    ["a program", withHead("\x7fELF", new Uint8Array(40))],
    ["a GIF", withHead("GIF89a", new Uint8Array(40))],
    ["the first bytes of a PNG with line ends converted", withHead("\x89PNG\n\x1a\n", new Uint8Array(40))],
  ] as const) {
    it(`refuses ${fact} as none of them`, () => {
      expectCode("attachment-type-unsupported", () => requireAttachmentType(bytes));
    });
  }

  for (const [fact, bytes, fault] of [
    ["a PDF without a version", withHead("%PDF-", pdf()), "version"],
    ["a PDF of a version to come", pdf("3.0"), "version"],
    ["a PDF that breaks off", pdf().subarray(0, -8), "does not end"],
    ["a PDF with a page behind it", withTail(pdf(), HTML), "behind its end"],
    ["a PDF whose references start beyond it", withTail(pdf(), "startxref\n99999\n%%EOF"), "beyond its end"],
    ["a PDF whose references are elsewhere", withTail(pdf(), "startxref\n1\n%%EOF"), "not where it says"],
    ["a PNG with a page behind it", withTail(png(), HTML), "behind its end"],
    ["a PNG that breaks off", png().subarray(0, -3), "longer than the file|middle of a chunk"],
    ["a PNG with a bit of its picture flipped", changed(png(), 50), "CRC"],
    ["a PNG without a picture", png([header(), end()]), "no picture"],
    ["a PNG without a header", png([chunk("IDAT", Uint8Array.of(1)), end()]), "header"],
    ["a PNG of no width", png([header(0), end()]), "width"],
    ["a JPEG with an archive behind it", withTail(jpeg(), "PK\x03\x04"), "behind its end"],
    ["a JPEG that breaks off", jpeg().subarray(0, -2), "marker"],
    ["a JPEG of no width", jpeg([...frame(0), ...scan(), 0xff, 0xd9]), "width"],
    ["a JPEG with a scan before its frame", jpeg([...scan(), 0xff, 0xd9]), "before its frame"],
    ["a JPEG without a picture", jpeg([...frame(), 0xff, 0xd9]), "no picture"],
    ["a JPEG with a segment longer than it", jpeg([0xff, 0xe1, 0xff, 0xff, 1]), "longer than the file"],
  ] as const) {
    it(`refuses ${fact}`, () => {
      const error = expectCode("attachment-malformed", () => requireAttachmentType(bytes));
      expect(error.message).to.match(new RegExp(fault));
    });
  }

  it("either knows or refuses by one of its codes, whatever the bytes", () => {
    const file = fc.constantFrom(pdf(), png(), jpeg());
    const edits = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(file, edits, fc.nat(400), (bytes, changes, cut) => {
        const damaged = Uint8Array.from(bytes.subarray(0, Math.max(8, cut)));
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        try {
          requireAttachmentType(damaged);
        } catch (error) {
          expect(error).to.be.instanceOf(DomainError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
