import { decodeLogs, LOG_TOPICS } from "../../../backend/chain/decodeLogs.ts";
import { batchAll, type JsonRpc, RpcError } from "../../../backend/chain/jsonRpc.ts";
import {
  logsRequest,
  parseLogs,
  readHeader,
  readHeaders,
  type TopicFilter,
} from "../../../backend/chain/readBlocks.ts";
import type { ReadBlock } from "../../../backend/content/block.ts";
import { toHex } from "../../../backend/domain/bytes.ts";
import { domainSeparator, uintWord } from "../../../backend/domain/eip712.ts";
import type { DecodedLog } from "../../../backend/domain/reconciliation/contractLog.ts";
import { recoverSigner } from "../../../backend/domain/signatures.ts";
import type { Address, Hash, UnixTime } from "../../../backend/domain/types.ts";
import type { TrustRoot } from "../../../backend/domain/verification/trustRoot.ts";
import { type Receipt, receiptDigest } from "../../../backend/services/custody/signReceipt.ts";
import { type AnchoredSearch, findAnchored } from "./findAnchored.ts";
import { requireTrusted } from "./submitDirect.ts";

/** `open`: the time has not come yet at the finalized block. */
export type ReceiptVerdict = {
  readonly verdict: "kept" | "broken" | "open" | "not-a-receipt";
  readonly sentence: string;
  readonly finalizedBlock: number;
  readonly landed: { readonly blockNumber: number; readonly time: UnixTime; readonly late: boolean } | null;
};

const SMALLEST_RANGE = 500;
const CLOCK_SKEW_SECONDS = 900;

/**
 * Tells from the chain whether an operator kept the promise of its receipt: that a custody event would be brought to the
 * contract, or a data record anchored, before a time. Bringing it is the promise; whether the contract could apply it is
 * not the operator's to decide. A receipt does not say of which of the two it is; data records are looked for in the
 * manifests of all anchors since, which are held to the roots on chain. Blocks count up to the finalized one.
 * @param fromBlock the contract's deployment, or any block before the receipt
 * @param sources of manifests, by hash; none of them is trusted
 */
export async function checkReceipt(
  rpc: JsonRpc,
  trustRoot: TrustRoot,
  receipt: Receipt,
  fromBlock: number,
  sources: readonly ReadBlock[] = [],
): Promise<ReceiptVerdict> {
  await requireTrusted(rpc, trustRoot);
  const finalized = await readHeader(rpc, "finalized");
  const answer = (verdict: ReceiptVerdict["verdict"], sentence: string, landed: ReceiptVerdict["landed"] = null) => ({
    verdict,
    sentence,
    finalizedBlock: finalized.number,
    landed,
  });
  const search = { rpc, contract: trustRoot.contract, from: fromBlock, to: finalized.number };
  const signer = recoverSigner(receiptDigest(domainSeparator(trustRoot), receipt), receipt.signature);
  if (signer !== receipt.signer || !(await isPublishers(search, receipt))) {
    return answer("not-a-receipt", "It is not signed by the operator that it names: nobody has promised anything.");
  }
  const brought = [LOG_TOPICS.CustodyEventApplied, LOG_TOPICS.Rejected];
  const [first] = (await searchLogs(search, [brought, receipt.digest])).filter(
    (log) => log.name === "CustodyEventApplied" || log.name === "Rejected",
  );
  const anchored = first === undefined ? await searchAnchors(search, trustRoot, receipt, sources) : null;
  const place = first ?? anchored?.found ?? null;
  if (place === null) {
    if (finalized.time < receipt.anchorBefore) {
      return answer("open", "It is not on the chain yet, and the time of the promise has not come.");
    }
    const unread = anchored?.unread ?? 0;
    return unread > 0
      ? answer(
          "open",
          `No custody event has this digest. It may be a data record: manifests that are not at hand: ${unread}.`,
        )
      : answer("broken", "The time has passed, and nothing with this digest was brought to the contract.");
  }
  const { time } = await readHeader(rpc, place.blockNumber);
  const late = time > receipt.anchorBefore;
  const landed = { blockNumber: place.blockNumber, time, late };
  if (late) return answer("broken", `It came ${time - receipt.anchorBefore} s after the time of the promise.`, landed);
  if (first === undefined) {
    return answer("kept", `The data record was anchored ${receipt.anchorBefore - time} s before the time.`, landed);
  }
  return first.name === "Rejected"
    ? answer("kept", `It was brought to the contract in time, which did not apply it: ${first.reason}.`, landed)
    : answer("kept", `It was brought to the contract ${receipt.anchorBefore - time} s before the time.`, landed);
}

/** Anchors of all publishers, from the first block that is not older than the receipt on. */
async function searchAnchors(
  search: Search,
  trustRoot: TrustRoot,
  { digest, acceptedAt }: Receipt,
  sources: readonly ReadBlock[],
): Promise<AnchoredSearch> {
  const anchors = (await searchLogs(search, [LOG_TOPICS.Anchored])).filter((log) => log.name === "Anchored");
  const headers = await readHeaders(search.rpc, [...new Set(anchors.map(({ blockNumber }) => blockNumber))]);
  const times = new Map(headers.map((header) => [header?.number, header?.time ?? 0]));
  // The operator's clock may be ahead of the chain's.
  const since = anchors.filter(({ blockNumber }) => (times.get(blockNumber) ?? 0) >= acceptedAt - CLOCK_SKEW_SECONDS);
  return findAnchored(domainSeparator(trustRoot), since, digest, sources);
}

/** A receipt of no participant rests on its key alone; another must be by a key that the participant has signed with. */
async function isPublishers(search: Search, { publisher, signer }: Receipt): Promise<boolean> {
  if (publisher === 0) return true;
  const changes = await searchLogs(search, [LOG_TOPICS.ParticipantChanged, toHex(uintWord(publisher)) as Hash]);
  return changes.some((log) => log.name === "ParticipantChanged" && log.signer === signer);
}

type Search = { readonly rpc: JsonRpc; readonly contract: Address; readonly from: number; readonly to: number };

/** Logs by their topics, ascending. Nodes cap the blocks that one answer may span, each otherwise: then halves are asked for. */
async function searchLogs(search: Search, topics: TopicFilter): Promise<DecodedLog[]> {
  const { rpc, contract, from, to } = search;
  const range = { fromBlock: from, toBlock: to };
  try {
    const [found] = await batchAll(rpc, [logsRequest(contract, range, topics)]);
    return decodeLogs(parseLogs(rpc, contract, range, found));
  } catch (error) {
    if (!(error instanceof RpcError) || to - from < SMALLEST_RANGE) throw error;
    const middle = Math.floor((from + to) / 2);
    const lower = await searchLogs({ ...search, to: middle }, topics);
    return [...lower, ...(await searchLogs({ ...search, from: middle + 1 }, topics))];
  }
}
