import type { DecodedLog } from "../domain/reconciliation/contractLog.ts";
import type { Address, Hash, UnixTime } from "../domain/types.ts";
import { type AnchorLog, anchorPlace, type ChainQuestion, type CustodyLog } from "../domain/verification/chainView.ts";
import { decodeLogs, LOG_TOPICS } from "./decodeLogs.ts";
import { encodeUint } from "./hexWords.ts";
import { type JsonRpc, RpcError } from "./jsonRpc.ts";
import { logsRequest, parseLogs, readHeaders, type TopicFilter } from "./readBlocks.ts";

/**
 * Logs of the custody events asked about, by digest, from the blocks where a bundle says they are and up to `until`.
 * Null if the RPC serves no logs.
 */
export async function readCustodyLogs(
  rpc: JsonRpc,
  contract: Address,
  events: ChainQuestion["events"],
  until: number,
): Promise<Map<Hash, CustodyLog[]> | null> {
  const digestsByBlock = groupByBlock(events, until, ({ digest }) => digest);
  const topics = [...digestsByBlock].map(
    ([block, digests]): BlockTopics => [block, [LOG_TOPICS.CustodyEventApplied, digests]],
  );
  const logs = await readLogs(rpc, contract, topics);
  if (logs === null) return null;
  const found = new Map<Hash, CustodyLog[]>();
  for (const { log, blockTime } of logs) {
    if (log.name !== "CustodyEventApplied") continue;
    const { digest, blockNumber, blockHash, header, declined, applied, signatures } = log;
    const list = found.get(digest) ?? [];
    list.push({ blockNumber, blockHash, blockTime, header, declined, applied, signatures });
    found.set(digest, list);
  }
  return found;
}

/** Logs of anchors by `anchorPlace`, likewise. */
export async function readAnchorLogs(
  rpc: JsonRpc,
  contract: Address,
  anchors: ChainQuestion["anchors"],
  until: number,
): Promise<Map<string, AnchorLog[]> | null> {
  const publishersByBlock = groupByBlock(anchors, until, ({ publisher }) => `0x${encodeUint(publisher)}` as Hash);
  const topics = [...publishersByBlock].map(
    ([block, publishers]): BlockTopics => [block, [LOG_TOPICS.Anchored, publishers]],
  );
  const logs = await readLogs(rpc, contract, topics);
  if (logs === null) return null;
  const found = new Map<string, AnchorLog[]>();
  for (const { log, blockTime } of logs) {
    if (log.name !== "Anchored") continue;
    const { publisher, blockNumber, blockHash, root, count } = log;
    const place = anchorPlace(log);
    const list = found.get(place) ?? [];
    list.push({ blockNumber, blockHash, blockTime, publisher, root, count });
    found.set(place, list);
  }
  return found;
}

type BlockTopics = readonly [blockNumber: number, topics: TopicFilter];

function groupByBlock<T extends { readonly blockNumber: number }>(
  wanted: readonly T[],
  until: number,
  topicOf: (one: T) => Hash,
): Map<number, Hash[]> {
  const groups = new Map<number, Hash[]>();
  for (const one of wanted) {
    if (one.blockNumber <= until) groups.set(one.blockNumber, [...(groups.get(one.blockNumber) ?? []), topicOf(one)]);
  }
  return groups;
}

/** The contract's logs in each of the blocks, with the block's time; null if the RPC serves no logs. */
async function readLogs(
  rpc: JsonRpc,
  contract: Address,
  wanted: readonly BlockTopics[],
): Promise<{ readonly log: DecodedLog; readonly blockTime: UnixTime }[] | null> {
  const ranges = wanted.map(([number]) => ({ fromBlock: number, toBlock: number }));
  const outcomes = await rpc.batch(
    ranges.map((range, i) => logsRequest(contract, range, (wanted[i] as BlockTopics)[1])),
  );
  const headers = await readHeaders(
    rpc,
    wanted.map(([number]) => number),
  );
  const found: { log: DecodedLog; blockTime: UnixTime }[] = [];
  for (const [i, range] of ranges.entries()) {
    const outcome = outcomes[i];
    // A pruned node refuses old logs; whoever does not answer at all is another matter and was thrown already.
    if (outcome === undefined || outcome instanceof RpcError) return null;
    for (const log of decodeLogs(parseLogs(rpc, contract, range, outcome.result))) {
      const header = headers[i] ?? null;
      if (header === null || header.hash !== log.blockHash) {
        const sentence = `The chain's RPC sent a log and a header of different blocks at number ${range.fromBlock}.`;
        throw new RpcError("rpc-answer-malformed", sentence, "retry", {});
      }
      found.push({ log, blockTime: header.time });
    }
  }
  return found;
}
