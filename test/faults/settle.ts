import type { TestChain } from "../support/chain.ts";
import type { TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";
import { catchUp, followerOf } from "../workers/followerFixture.ts";
import type { TestRelayer } from "../workers/relayerFixture.ts";

/** Steps until the relayer has nothing to do for now. */
export async function relayAll(relayer: TestRelayer): Promise<void> {
  for (let idle = 0; idle < 3; ) idle = (await relayer.step()) === "idle" ? idle + 1 : 0;
}

/** Relays and follows until the tables stand still. */
export async function settle(
  { chain, contract }: { readonly chain: TestChain; readonly contract: TestContract },
  database: TestDatabase,
  relayer: TestRelayer,
): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await relayAll(relayer);
    await chain.rpc("anvil_mine", "0x1");
    await catchUp(followerOf(database, contract));
  }
}
