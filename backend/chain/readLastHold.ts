import { parseBytes } from "../domain/bytes.ts";
import type { Address, PassportId, UnixTime } from "../domain/types.ts";
import { encodeLastHoldCall } from "./encodeCalls.ts";
import { HexWords } from "./hexWords.ts";
import type { JsonRpc } from "./jsonRpc.ts";

/** The number of a passport's latest hold and its last second, at the latest block; both 0 where it never was held. */
export async function readLastHold(
  rpc: Pick<JsonRpc, "call">,
  contract: Address,
  passportId: PassportId,
): Promise<{ readonly counter: number; readonly until: UnixTime }> {
  const answer = await rpc.call("eth_call", { to: contract, data: encodeLastHoldCall(passportId) }, "latest");
  const words = new HexWords(parseBytes(answer, 1 << 10, "result"));
  return { counter: words.uint(0), until: words.uint(1) };
}
