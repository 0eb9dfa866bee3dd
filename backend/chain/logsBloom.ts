import { fromHex, keccak256 } from "../domain/bytes.ts";
import type { Hex } from "../domain/types.ts";

const BLOOM = /^0x[0-9a-f]{512}$/;

/**
 * Whether a block may have logs with all of these addresses and topics, by its header's bloom filter (Yellow Paper,
 * section 4.4.1: three of 2048 bits for each). False is certain; true may be chance, the more so the fuller the block.
 * A bloom that is none, which some chains send, says nothing: false.
 */
export function mayHaveLogs(bloom: unknown, of: readonly Hex[]): boolean {
  if (typeof bloom !== "string" || !BLOOM.test(bloom)) return false;
  const bits = fromHex(bloom as Hex);
  return of.every((value) => {
    const hash = keccak256(fromHex(value));
    return [0, 2, 4].every((at) => {
      const bit = (((hash[at] as number) << 8) | (hash[at + 1] as number)) & 2047;
      return (((bits[255 - (bit >> 3)] as number) >> (bit & 7)) & 1) === 1;
    });
  });
}
