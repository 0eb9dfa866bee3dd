import { fromHex, keccak256, parseBytes, toHex } from "../domain/bytes.ts";
import type { Address, Hash } from "../domain/types.ts";
import type { JsonRpc } from "./jsonRpc.ts";

/** keccak256 of the code at the address, as of the latest block; null where there is none. */
export async function readCodeHash(rpc: JsonRpc, contract: Address): Promise<Hash | null> {
  const code = parseBytes(await rpc.call("eth_getCode", contract, "latest"), 1 << 20, "code");
  return code === "0x" ? null : (toHex(keccak256(fromHex(code))) as Hash);
}
