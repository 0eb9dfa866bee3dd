import { createKeccak } from "hash-wasm";
import type { Keccak } from "../../domain/keccak.ts";

/**
 * keccak-256 in WebAssembly: some 1.3 million short hashes a second and core. One hash is made without a pause between its
 * start and its end, so that one state serves them all.
 * @throws where this process may not compile WebAssembly
 */
export async function loadWasmKeccak(): Promise<Keccak> {
  const hasher = await createKeccak(256);
  return (parts) => {
    hasher.init();
    for (const part of parts) hasher.update(part);
    return hasher.digest("binary");
  };
}
