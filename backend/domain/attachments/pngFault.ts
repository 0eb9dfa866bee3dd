const SIGNATURE_BYTES = 8;
/** Length, type and CRC around the data of a chunk. */
const CHUNK_OVERHEAD = 12;
const HEADER_BYTES = 13;

/**
 * What is wrong with a PNG (ISO/IEC 15948, 5): chunks from the header to the end, each whole by its CRC, with picture data
 * between, and nothing behind. `bytes` start with the signature.
 */
export function pngFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasData = false;
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + CHUNK_OVERHEAD > bytes.length) return "it ends in the middle of a chunk.";
    const length = view.getUint32(at);
    const next = at + CHUNK_OVERHEAD + length;
    if (next > bytes.length) return "a chunk is longer than the file.";
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, next - 4)) !== view.getUint32(next - 4)) return `the CRC of ${type} is wrong.`;
    if (at === SIGNATURE_BYTES) {
      if (type !== "IHDR" || length !== HEADER_BYTES) return "it does not start with its header.";
      if (view.getUint32(at + 8) === 0 || view.getUint32(at + 12) === 0) return "it has no width or no height.";
    }
    hasData ||= type === "IDAT";
    if (type === "IEND") {
      if (!hasData) return "it has no picture.";
      return next === bytes.length ? undefined : "something stands behind its end.";
    }
    at = next;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** ISO 3309, as PNG uses it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
