import { createHash } from "node:crypto";

/** A source of bytes that is the same in every run: the n-th call, from 0, gives the front of sha256 of n (4 bytes). */
export function countingRandomBytes(): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(calls++);
    return new Uint8Array(createHash("sha256").update(counter).digest().subarray(0, length));
  };
}
