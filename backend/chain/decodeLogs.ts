import { keccakText, toHex } from "../domain/bytes.ts";
import type { Item } from "../domain/custody/events.ts";
import { REJECTION_REASONS, type RejectionReason } from "../domain/custody/rejections.ts";
import { DomainError } from "../domain/errors.ts";
import type { ContractLog, DecodedLog, LogName, LogPlace } from "../domain/reconciliation/contractLog.ts";
import type { Hash, Head, PassportId } from "../domain/types.ts";
import { decodeProposal } from "./decodeProposal.ts";
import { HexWords } from "./hexWords.ts";

/** A log as the node sent it, its place in the chain already parsed (see readLogs). */
export type RawLog = LogPlace & { readonly topics: readonly string[]; readonly data: string };

/** A decoder of one event: its data, and its indexed values as a second run of words. */
type Decode = (data: HexWords, indexed: HexWords) => ContractLog;

const NO_ITEM = 2n ** 256n - 1n;

const SIGNATURES_AND_DECODERS: { readonly [name in LogName]: readonly [signature: string, decode: Decode] } = {
  CustodyEventApplied: [
    "CustodyEventApplied(bytes32,bytes32,(bytes20,bytes28,bytes32)[],uint256,uint256,bytes)",
    (data, indexed) => ({
      name: "CustodyEventApplied",
      digest: indexed.hash(0),
      header: data.hash(0),
      items: decodeItems(data, data.offset(1)),
      declined: data.bigint(2),
      applied: data.bigint(3),
      signatures: data.bytes(data.offset(4)),
    }),
  ],
  Rejected: [
    "Rejected(bytes32,uint256,uint256,uint8)",
    (data, indexed) => ({
      name: "Rejected",
      digest: indexed.hash(0),
      eventIndex: data.uint(0),
      itemIndex: data.bigint(1) === NO_ITEM ? null : data.uint(1),
      reason: decodeReason(data.uint(2)),
    }),
  ],
  Transfer: [
    "Transfer(address,address,uint256)",
    (_, indexed) => ({
      name: "Transfer",
      from: indexed.address(0),
      to: indexed.address(1),
      passportId: indexed.address(2) as string as PassportId,
    }),
  ],
  GovernorsSet: [
    "GovernorsSet(address[],uint8,bytes32)",
    (data) => ({
      name: "GovernorsSet",
      governors: data.addresses(data.offset(0)),
      threshold: data.uint(1),
      registryHead: data.hash(2),
    }),
  ],
  ProposalExecuted: [
    "ProposalExecuted(bytes32,(uint8,uint24,address,address,uint16,address[],uint8,address,bytes32,uint40,bytes32),bytes32,bytes)",
    (data, indexed) => ({
      name: "ProposalExecuted",
      digest: indexed.hash(0),
      proposal: decodeProposal(data, data.offset(0)),
      registryHead: data.hash(1),
      signatures: data.bytes(data.offset(2)),
    }),
  ],
  ParticipantChanged: [
    "ParticipantChanged(uint24,bytes32,address,address,uint16,bool,bytes32,uint40,bytes32)",
    (data, indexed) => ({
      name: "ParticipantChanged",
      participantId: indexed.uint(0),
      cause: data.hash(0),
      account: data.address(1),
      signer: data.address(2),
      roles: data.uint(3),
      active: data.bool(4),
      recordHash: data.hash(5),
      changedAt: data.uint(6),
      participantHead: data.hash(7),
    }),
  ],
  SucceededBy: ["SucceededBy(address)", (data) => ({ name: "SucceededBy", successor: data.address(0) })],
  Held: [
    "Held(bytes20,uint24,uint32,uint40,bytes32,bytes)",
    (data, indexed) => ({
      name: "Held",
      passportId: indexed.bytesN(0, 20) as PassportId,
      regulator: data.uint(0),
      counter: data.uint(1),
      until: data.uint(2),
      reasonHash: data.hash(3),
      signature: data.bytes(data.offset(4)),
    }),
  ],
  Released: [
    "Released(bytes20,uint24,uint32,bytes32,bytes)",
    (data, indexed) => ({
      name: "Released",
      passportId: indexed.bytesN(0, 20) as PassportId,
      regulator: data.uint(0),
      counter: data.uint(1),
      reasonHash: data.hash(2),
      signatures: data.bytes(data.offset(3)),
    }),
  ],
  Anchored: [
    "Anchored(uint24,bytes32,uint32,bytes32,bytes32,bytes)",
    (data, indexed) => ({
      name: "Anchored",
      publisher: indexed.uint(0),
      root: data.hash(0),
      count: data.uint(1),
      manifestHash: data.hash(2),
      accumulator: data.hash(3),
      signature: data.bytes(data.offset(4)),
    }),
  ],
};

/** The first topic of each of the contract's events. */
export const LOG_TOPICS = Object.fromEntries(
  Object.entries(SIGNATURES_AND_DECODERS).map(([name, [signature]]) => [name, toHex(keccakText(signature))]),
) as { readonly [name in LogName]: Hash };

const DECODERS = new Map<string, Decode>(
  Object.entries(SIGNATURES_AND_DECODERS).map(([name, [, decode]]) => [LOG_TOPICS[name as LogName], decode]),
);

/**
 * Decodes the contract's logs, in the order given. Logs of events that this contract does not have are left out: a
 * later version may add some. Throws `log-malformed` with the log's place; nothing of a malformed answer is used.
 */
export function decodeLogs(logs: readonly RawLog[]): DecodedLog[] {
  const decoded: DecodedLog[] = [];
  for (const log of logs) {
    const decode = DECODERS.get(log.topics[0] ?? "");
    if (decode !== undefined) decoded.push(decodeOne(log, decode));
  }
  return decoded;
}

function decodeOne(log: RawLog, decode: Decode): DecodedLog {
  const { blockNumber, blockHash, transactionHash, logIndex } = log;
  try {
    const indexed = new HexWords(
      `0x${log.topics
        .slice(1)
        .map((topic) => topic.slice(2))
        .join("")}`,
    );
    const content = decode(new HexWords(log.data), indexed);
    return { blockNumber, blockHash, transactionHash, logIndex, ...content };
  } catch (cause) {
    throw new DomainError(
      "log-malformed",
      "The chain's RPC sent a log that is not encoded as the contract does.",
      { blockNumber, blockHash, logIndex },
      { cause },
    );
  }
}

const ITEM_WORDS = 3;

function decodeItems(data: HexWords, at: number): Item[] {
  const count = data.listLength(at, ITEM_WORDS);
  const items: Item[] = new Array(count);
  for (let i = 0; i < count; i++) {
    const item = at + 1 + i * ITEM_WORDS;
    items[i] = {
      passportId: data.bytesN(item, 20) as PassportId,
      prevHead: data.bytesN(item + 1, 28) as Head,
      recordHash: data.hash(item + 2),
    };
  }
  return items;
}

function decodeReason(position: number): RejectionReason {
  const reason = REJECTION_REASONS[position];
  if (reason === undefined || reason === "none") {
    throw new DomainError("abi-data-malformed", "The chain's RPC sent an unknown rejection reason.", { position });
  }
  return reason;
}
