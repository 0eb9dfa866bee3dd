/** Where readers look for the end of a PDF (ISO 32000-2, 7.5.5, and what every reader does). */
const TAIL_BYTES = 1024;

/**
 * What is wrong with a PDF: it names a version, says at its end where its cross-references start, and ends there but for
 * white space. `bytes` start with `%PDF-`.
 */
export function pdfFault(bytes: Uint8Array): string | undefined {
  if (!/^%PDF-[12]\.\d[\r\n]/.test(latin1(bytes.subarray(0, 9)))) return "it names no version.";
  const tail = latin1(bytes.subarray(-TAIL_BYTES));
  const start = /startxref[\r\n ]+(\d{1,10})[\r\n ]+%%EOF\s*$/.exec(tail)?.[1];
  if (start === undefined) return "it does not end as a PDF does, or something stands behind its end.";
  const at = Number(start);
  if (at >= bytes.length) return "its cross-references start beyond its end.";
  // A table, or a stream that is an object (7.5.4, 7.5.8).
  const reference = latin1(bytes.subarray(at, at + 32));
  return /^\s*(?:xref\b|\d+\s+\d+\s+obj\b)/.test(reference) ? undefined : "its cross-references are not where it says.";
}

/** One character a byte: a PDF is bytes with text in them. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
