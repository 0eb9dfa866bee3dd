import { crc32, deflateSync } from "node:zlib";

const text = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, "latin1"));
const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));

/** A PDF of one empty page. */
export function pdf(version = "1.7"): Uint8Array {
  const body =
    `%PDF-${version}\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n` +
    "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n";
  return text(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`);
}

/** A chunk of a PNG with its length and CRC. */
export function chunk(type: string, data: Uint8Array): Uint8Array {
  const content = joined(text(type), data);
  const length = Buffer.alloc(4);
  const crc = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(content));
  return joined(length, content, crc);
}

/** A PNG of one grey pixel, or what its chunks make of it. */
export function png(
  chunks: readonly Uint8Array[] = [header(), chunk("IDAT", new Uint8Array(deflateSync(Buffer.from([0, 127])))), end()],
): Uint8Array {
  return joined([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], ...chunks);
}
export const header = (width = 1): Uint8Array =>
  chunk("IHDR", Uint8Array.of(0, 0, 0, width, 0, 0, 0, 1, 8, 0, 0, 0, 0));
export const end = (): Uint8Array => chunk("IEND", new Uint8Array());

const segment = (marker: number, ...data: number[]): number[] => [0xff, marker, 0, data.length + 2, ...data];
export const frame = (width = 1): number[] => segment(0xc2, 8, 0, 1, 0, width, 1, 1, 0x11, 0);
/** A scan with an escaped FF and a restart in its data. */
export const scan = (): number[] => [...segment(0xda, 1, 1, 0, 0, 63, 0), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];

/** A JPEG with the structure of a progressive picture, or what its segments make of it. */
export function jpeg(segments: readonly number[] = [...frame(), ...scan(), 0xff, ...scan(), 0xff, 0xd9]): Uint8Array {
  return joined([0xff, 0xd8], segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0), segments);
}

export const withTail = (bytes: Uint8Array, tail: string): Uint8Array => joined(bytes, text(tail));
export const withHead = (head: string, bytes: Uint8Array): Uint8Array => joined(text(head), bytes);
