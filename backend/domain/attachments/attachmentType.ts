import { DomainError } from "../errors.ts";
import { jpegFault } from "./jpegFault.ts";
import { pdfFault } from "./pdfFault.ts";
import { pngFault } from "./pngFault.ts";

/** What an attachment may be: certificates come as PDF, or as a picture of one. */
export type AttachmentType = "pdf" | "png" | "jpeg";

/**
 * 1 MiB, as a record: the largest block that every IPFS node takes and passes on without being told to.
 */
export const MAX_ATTACHMENT_BYTES = 1_048_576;

interface Format {
  readonly type: AttachmentType;
  /** The first bytes, which no other format has. */
  readonly magic: readonly number[];
  /** Says what is wrong with the whole file; undefined when it is whole. */
  readonly fault: (bytes: Uint8Array) => string | undefined;
}

const FORMATS: readonly Format[] = [
  { type: "pdf", magic: [0x25, 0x50, 0x44, 0x46, 0x2d], fault: pdfFault },
  { type: "png", magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], fault: pngFault },
  { type: "jpeg", magic: [0xff, 0xd8, 0xff], fault: jpegFault },
];

/**
 * The type of an attachment by its bytes: the first ones name the format and the rest must have its structure to the last
 * byte, so that no second file hides before, behind or in the place of the first. Names and declared media types are not
 * asked: whoever sends something harmful calls it a picture. What a PDF does when it is opened cannot be seen from here;
 * that is why it is only ever downloaded.
 * Throws `attachment-type-unsupported` and `attachment-malformed`.
 */
export function requireAttachmentType(bytes: Uint8Array): AttachmentType {
  const format = FORMATS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (format === undefined) {
    throw new DomainError("attachment-type-unsupported", "An attachment is a PDF, PNG or JPEG, by its content.", {
      types: FORMATS.map(({ type }) => type),
    });
  }
  const fault = format.fault(bytes);
  if (fault === undefined) return format.type;
  throw new DomainError("attachment-malformed", `The ${format.type.toUpperCase()} is damaged: ${fault}`, {
    type: format.type,
  });
}
