import type { JsonRpc } from "../../chain/jsonRpc.ts";
import type { Database } from "../../storage/database.ts";
import { type Heights, readHeights } from "../finality.ts";
import type { KeccakInUse } from "../hashing/chooseKeccak.ts";
import type { CurveInUse } from "../signatures/chooseCurve.ts";
import { MAX_LAG_BLOCKS } from "./judgeRefusal.ts";
import { readRelaying } from "./readRelaying.ts";
import { within } from "./within.ts";

/** Whether this server can do its work now, part by part; each reason is a sentence without secrets. */
export type Readiness = {
  readonly ready: boolean;
  readonly checks: {
    readonly database: Check;
    readonly chain: Check;
    readonly follower: Check;
    readonly relayer: Check;
    readonly signatures: Check;
    readonly hashing: Check;
  };
};
type Check = { readonly ok: boolean; readonly reason?: string } & Readonly<Record<string, unknown>>;

const KEEP_MS = 1_000;

/**
 * Reads readiness, at most once a second however often it is asked. Lag is counted in blocks, not seconds: a chain that
 * mines on demand may have nothing to say for hours.
 */
export function readinessReader(dependencies: {
  readonly database: Database;
  readonly rpc: Pick<JsonRpc, "call">;
  readonly chainId: number;
  readonly signatures: CurveInUse;
  readonly hashing: KeccakInUse;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}): () => Promise<Readiness> {
  let readAt = Number.NEGATIVE_INFINITY;
  let latest: Promise<Readiness> | null = null;
  return () => {
    if (latest === null || dependencies.clock() - readAt >= KEEP_MS) {
      readAt = dependencies.clock();
      latest = readReadiness(dependencies);
    }
    return latest;
  };
}

async function readReadiness({
  database,
  rpc,
  chainId,
  signatures,
  hashing,
}: Omit<Parameters<typeof readinessReader>[0], "clock">): Promise<Readiness> {
  const [heights, relaying, blockNumber] = await Promise.all([
    within(3_000, readHeights(database.pool)).catch(() => "down" as const),
    within(3_000, readRelaying(database.pool)).catch(() => null),
    within(3_000, readBlockNumber(rpc, chainId)).catch(() => "down" as const),
  ]);
  const checks = {
    database: heights === "down" ? { ok: false, reason: "The database does not answer." } : { ok: true },
    chain: chainCheck(blockNumber),
    follower: followerCheck(heights === "down" ? null : heights, blockNumber),
    // A pause keeps nobody from being served or accepted, so it takes no server out of service; it is shown here.
    relayer: { ok: true, ...(relaying ?? { reason: "The database does not answer." }) },
    // Each implementation does its work; how fast is for whoever wonders why one server takes less than another.
    signatures: { ok: true, ...signatures },
    hashing: { ok: true, ...hashing },
  };
  return { ready: Object.values(checks).every(({ ok }) => ok), checks };
}

async function readBlockNumber(rpc: Pick<JsonRpc, "call">, chainId: number): Promise<number | "other-chain"> {
  if (Number(await rpc.call("eth_chainId")) !== chainId) return "other-chain";
  return Number(await rpc.call("eth_blockNumber"));
}

function chainCheck(blockNumber: number | "down" | "other-chain"): Check {
  if (blockNumber === "down") return { ok: false, reason: "The chain's RPC does not answer." };
  if (blockNumber === "other-chain") return { ok: false, reason: "The chain's RPC answers for another chain." };
  return { ok: true, blockNumber };
}

function followerCheck(heights: Heights | null, blockNumber: number | "down" | "other-chain"): Check {
  if (heights === null) return { ok: false, reason: "Nothing was followed yet." };
  if (typeof blockNumber !== "number") return { ok: true, ...heights };
  const lag = Math.max(0, blockNumber - heights.head);
  return lag <= MAX_LAG_BLOCKS
    ? { ok: true, ...heights, lag }
    : { ok: false, reason: `The follower is ${lag} blocks behind the chain.`, ...heights, lag };
}
