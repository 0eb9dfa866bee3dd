import { LOG_TOPICS } from "../../backend/chain/decodeLogs.ts";
import {
  encodeLastHoldCall,
  encodeParticipantHeadsCall,
  encodePassportsCall,
  SUCCEEDED_BY_CALL,
} from "../../backend/chain/encodeCalls.ts";
import { encodeBytes, encodeBytesN, encodeUint } from "../../backend/chain/hexWords.ts";
import { keccakText, toHex } from "../../backend/domain/bytes.ts";
import type { Item } from "../../backend/domain/custody/events.ts";
import { encodeState, NO_PASSPORT } from "../../backend/domain/custody/state.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import type { AnchorLog, ChainView, CustodyLog } from "../../backend/domain/verification/chainView.ts";
import type { SimulatedChain } from "../domain/verification/simulatedChain.ts";

type Request = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };

/** The code whose hash is the simulated chain's trust root. */
const CODE = toHex(new TextEncoder().encode("code"));
const NO_ID = `0x${"00".repeat(20)}` as PassportId;
const SECONDS_PER_BLOCK = 12;
const word = (value: number | bigint): string => encodeUint(value);
const quantity = (value: number): string => `0x${value.toString(16)}`;
const blockHash = (number: number): Hash => toHex(keccakText(`block ${number}`)) as Hash;

/**
 * A chain RPC that answers with the simulated chain as it stood in `view`, its last block finalized: what the portable
 * readers ask, and nothing else.
 *
 * @returns the answer to a JSON-RPC body, single or batch
 */
export function rpcStub(chain: SimulatedChain, view: ChainView): (body: unknown) => unknown {
  const itemsOf = new Map<string, readonly Item[]>();
  for (const { steps } of chain.passports.values()) for (const step of steps) itemsOf.set(step.signatures, step.items);

  const answer = ({ id, method, params }: Request): object => {
    const result = METHODS[method]?.(params);
    return result === undefined
      ? { jsonrpc: "2.0", id, error: { code: -32601, message: `${method} is not answered` } }
      : { jsonrpc: "2.0", id, result };
  };

  const METHODS: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
    eth_chainId: () => quantity(view.chainId),
    eth_getCode: ([address]) => (address === view.contract ? CODE : "0x"),
    eth_getBlockByNumber: ([which]) => block(which === "finalized" ? view.block.number : Number(which)),
    eth_call: ([call]) => callView((call as { data: string }).data),
    eth_getLogs: ([filter]) => logsIn(filter as Filter),
  };

  const block = (number: number): object | null => {
    if (number > view.block.number) return null;
    const timestamp = view.block.time - SECONDS_PER_BLOCK * (view.block.number - number);
    return {
      number: quantity(number),
      hash: blockHash(number),
      parentHash: blockHash(number - 1),
      timestamp: quantity(timestamp),
    };
  };

  const callView = (data: string): string => {
    if (data === SUCCEEDED_BY_CALL) return `0x${word(0)}`;
    const words = data.slice(10 + 2 * 64).match(/.{64}/g) ?? [];
    const list = (read: (word: string) => string) => `0x${word(32)}${word(words.length)}${words.map(read).join("")}`;
    if (data.startsWith(encodePassportsCall([]).slice(0, 10))) {
      return list((id) =>
        encodeState(view.passports.get(`0x${id.slice(0, 40)}` as PassportId) ?? NO_PASSPORT).slice(2),
      );
    }
    if (data.startsWith(encodeParticipantHeadsCall([]).slice(0, 10))) {
      return list((id) => view.participantHeads.get(Number.parseInt(id, 16))?.slice(2) ?? word(0));
    }
    if (data.startsWith(encodeLastHoldCall(NO_ID).slice(0, 10))) {
      return `0x${word(1)}${word(view.holds.get(`0x${data.slice(10, 50)}` as PassportId) ?? 0)}`;
    }
    throw new Error(`no such view: ${data.slice(0, 10)}`);
  };

  type Filter = { fromBlock: string; topics: readonly [Hash, readonly Hash[]] };

  const logsIn = (filter: Filter): object[] =>
    filter.topics[0] === LOG_TOPICS.Anchored ? anchorLogsIn(filter) : custodyLogsIn(filter);

  const anchorLogsIn = ({ fromBlock, topics }: Filter): object[] =>
    [...(view.anchorLogs ?? [])].flatMap(([, logs]) =>
      logs
        .filter((log) => log.blockNumber === Number(fromBlock) && topics[1].includes(publisherTopic(log)))
        .map((log) => ({
          address: view.contract,
          blockNumber: quantity(log.blockNumber),
          blockHash: log.blockHash,
          transactionHash: log.root,
          logIndex: "0x0",
          topics: [LOG_TOPICS.Anchored, publisherTopic(log)],
          data: `${log.root}${word(log.count)}${word(0)}${word(0)}${word(5 * 32)}${encodeBytes("0x")}`,
        })),
    );

  const publisherTopic = ({ publisher }: AnchorLog): Hash => `0x${word(publisher)}` as Hash;

  const custodyLogsIn = ({ fromBlock, topics }: Filter): object[] =>
    [...(view.custodyLogs ?? [])].flatMap(([digest, logs]) =>
      logs
        .filter((log) => log.blockNumber === Number(fromBlock) && topics[1].includes(digest))
        .map((log) => ({
          address: view.contract,
          blockNumber: quantity(log.blockNumber),
          blockHash: log.blockHash,
          transactionHash: digest,
          logIndex: "0x0",
          topics: [LOG_TOPICS.CustodyEventApplied, digest],
          data: logData(log),
        })),
    );

  const logData = ({ header, declined, applied, signatures }: CustodyLog): string => {
    const items = itemsOf.get(signatures) ?? [];
    const rows = items.map(
      ({ passportId, prevHead, recordHash }) => encodeBytesN(passportId) + encodeBytesN(prevHead) + recordHash.slice(2),
    );
    const list = word(items.length) + rows.join("");
    const signaturesAt = 5 * 32 + list.length / 2;
    return `0x${header.slice(2)}${word(5 * 32)}${word(declined)}${word(applied)}${word(signaturesAt)}${list}${encodeBytes(signatures)}`;
  };

  return (body) => (Array.isArray(body) ? body.map(answer) : answer(body as Request));
}
