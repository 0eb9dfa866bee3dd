const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Markers without a length: restarts, and the temporary one. */
const isBare = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;
/** Start of a frame, of any coding; C4, C8 and CC in that range are tables. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * What is wrong with a JPEG (ISO/IEC 10918-1, annex B): segments from the start of the image to its end, a frame with a
 * width before the first scan, and nothing behind. `bytes` start with SOI and the next marker.
 */
export function jpegFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasFrame = false;
  let hasScan = false;
  for (let at = 2; ; ) {
    if (bytes[at] !== 0xff) return "a segment does not start with a marker.";
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (marker === undefined) return "it has no end.";
    at += 2;
    if (marker === END_OF_IMAGE) {
      if (!hasScan) return "it has no picture.";
      return at === bytes.length ? undefined : "something stands behind its end.";
    }
    if (isBare(marker)) continue;
    if (at + 2 > bytes.length) return "it ends in the middle of a segment.";
    const length = view.getUint16(at);
    if (length < 2 || at + length > bytes.length) return "a segment is longer than the file.";
    if (isFrame(marker)) {
      if (length < 8 || view.getUint16(at + 5) === 0) return "its frame has no width.";
      hasFrame = true;
    }
    at += length;
    if (marker === START_OF_SCAN) {
      if (!hasFrame) return "a scan stands before its frame.";
      hasScan = true;
      at = endOfScan(bytes, at);
    }
  }
}

/** Where the next marker stands: coded data writes FF as FF 00, and restarts belong to them. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && !isBare(next)) return at;
    at++;
  }
  return at;
}
