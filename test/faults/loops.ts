import type { JsonRpc } from "../../backend/chain/jsonRpc.ts";
import { type Loop, type LoopFailure, startLoop } from "../../backend/workers/loop.ts";
import type { TestContract } from "../support/contract.ts";
import type { TestDatabase } from "../support/database.ts";
import { followerOf } from "../workers/followerFixture.ts";
import { relayerOf } from "../workers/relayerFixture.ts";

export type Loops = {
  /** Every failed step of either loop, as its log would tell. */
  readonly failures: LoopFailure[];
  stop(): Promise<void>;
};

/** The relayer and the follower of an operator at work in their real loops, over any endpoint. */
export function startLoops(database: TestDatabase, contract: TestContract, rpc: JsonRpc): Loops {
  const failures: LoopFailure[] = [];
  const onError = (failure: LoopFailure): void => void failures.push(failure);
  const there = { ...contract, rpc };
  const options = { idleMs: 20, onError, longestPauseMs: 500 };
  const loops: Loop[] = [
    startLoop({ name: "relayer", step: relayerOf(database, there).step, ...options }),
    startLoop({ name: "follower", step: followerOf(database, there).step, ...options }),
  ];
  return {
    failures,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
