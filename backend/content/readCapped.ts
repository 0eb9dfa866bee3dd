import { DomainError } from "../domain/errors.ts";

/**
 * Reads a byte stream up to a limit; throws `block-too-large` as soon as it is exceeded, without reading on: a source
 * that promises a small block and sends an endless one must not fill the memory.
 */
export async function readCapped(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  source: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new DomainError("block-too-large", `A block is larger than ${maxBytes} bytes.`, { source });
    }
    parts.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
