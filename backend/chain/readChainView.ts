import { fromHex, keccak256, parseBytes, toHex, ZERO_ADDRESS } from "../domain/bytes.ts";
import { decodeState, type PassportState } from "../domain/custody/state.ts";
import { DomainError } from "../domain/errors.ts";
import type { Address, Hash, ParticipantId, PassportId, UnixTime } from "../domain/types.ts";
import type { ChainQuestion, ChainUnavailable, ChainView } from "../domain/verification/chainView.ts";
import {
  encodeLastHoldCall,
  encodeParticipantHeadsCall,
  encodePassportsCall,
  SUCCEEDED_BY_CALL,
} from "./encodeCalls.ts";
import { HexWords } from "./hexWords.ts";
import { batchAll, hideSecrets, type JsonRpc, RpcError, type RpcRequest } from "./jsonRpc.ts";
import { parseQuantity, quantity, readHeader } from "./readBlocks.ts";
import { readAnchorLogs, readCustodyLogs } from "./readViewLogs.ts";

/** Ids per call of a view: keeps a request below the body limits of public endpoints. */
const IDS_PER_CALL = 300;

/**
 * Reads from each RPC what a verifier needs to judge a bundle, all of it at one block, and holds the answers against
 * each other. The block is the oldest of those that the RPCs name under the tag, so that every one of them has it.
 * Never throws for what an RPC does: the reason stands in `unavailable`.
 */
export async function readChainView(
  rpcs: readonly JsonRpc[],
  contract: Address,
  question: ChainQuestion,
  tag: ChainView["tag"] = "finalized",
): Promise<ChainView | ChainUnavailable> {
  const names = rpcs.map((rpc) => hideSecrets(rpc.url));
  try {
    if (rpcs.length === 0) return { unavailable: "No RPC was given.", rpcs: names };
    const heads = await Promise.all(rpcs.map((rpc) => readHeader(rpc, tag)));
    const number = Math.min(...heads.map((head) => head.number));
    const views = await Promise.all(rpcs.map((rpc) => readOne(rpc, contract, question, number)));
    const [view, ...others] = views as [RpcView, ...RpcView[]];
    const expected = comparable(view);
    const differing = others.findIndex((other) => comparable(other) !== expected);
    if (differing >= 0) {
      return {
        unavailable: `The RPCs contradict each other about block ${number}: ${names[0]} and ${names[differing + 1]}.`,
        rpcs: names,
      };
    }
    return { rpcs: names, contract, tag, ...view };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { unavailable: error.message, rpcs: names };
  }
}

const malformed = (sentence: string): RpcError => new RpcError("rpc-answer-malformed", sentence, "retry", {});

type RpcView = Omit<ChainView, "rpcs" | "contract" | "tag">;

async function readOne(rpc: JsonRpc, contract: Address, question: ChainQuestion, number: number): Promise<RpcView> {
  const block = await readHeader(rpc, number);
  const at = quantity(number);
  const [chainId, code, successor, ...codes] = await batchAll(rpc, [
    { method: "eth_chainId", params: [] },
    { method: "eth_getCode", params: [contract, at] },
    { method: "eth_call", params: [{ to: contract, data: SUCCEEDED_BY_CALL }, at] },
    ...question.signers.map((signer) => ({ method: "eth_getCode", params: [signer, at] })),
  ]);
  const view = {
    chainId: parseQuantity(rpc, chainId, "the chain id"),
    codeHash: codeHashOf(code),
    block: { number: block.number, hash: block.hash, time: block.time },
    contractWallets: new Set(question.signers.filter((_, i) => codeHashOf(codes[i]) !== null)),
  };
  if (view.codeHash === null) return { ...view, ...NOTHING };
  const passports = await readPassports(rpc, contract, question.passportIds, at);
  const result = {
    ...view,
    passports,
    holds: await readHolds(rpc, contract, passports, at),
    participantHeads: await readParticipantHeads(rpc, contract, question.participantIds, at),
    custodyLogs: await readCustodyLogs(rpc, contract, question.events, number),
    anchorLogs: await readAnchorLogs(rpc, contract, question.anchors, number),
    successor: readSuccessor(successor),
  };
  // Reads by number would mix two forks if the block had been replaced meanwhile (only possible above finality).
  if ((await readHeader(rpc, number)).hash !== block.hash)
    throw malformed("The chain was reorganised while reading it.");
  return result;
}

/** Without code at the address there is nothing to ask. */
const NOTHING = {
  passports: new Map<PassportId, PassportState>(),
  holds: new Map<PassportId, UnixTime>(),
  participantHeads: new Map<ParticipantId, Hash>(),
  custodyLogs: null,
  anchorLogs: null,
  successor: null,
};

function codeHashOf(code: unknown): Hash | null {
  const hex = parseBytes(code, 1 << 20, "code");
  return hex === "0x" ? null : (toHex(keccak256(fromHex(hex))) as Hash);
}

const words = (answer: unknown): HexWords => new HexWords(parseBytes(answer, 1 << 24, "result"));

function readSuccessor(answer: unknown): Address | null {
  const successor = words(answer).address(0);
  return successor === ZERO_ADDRESS ? null : successor;
}

/** One word for each of many ids, by a view that takes a list and answers a list. */
async function readWords<Id>(
  rpc: JsonRpc,
  contract: Address,
  ids: readonly Id[],
  encode: (ids: readonly Id[]) => string,
  at: string,
): Promise<Map<Id, Hash>> {
  const groups: Id[][] = [];
  for (let i = 0; i < ids.length; i += IDS_PER_CALL) groups.push(ids.slice(i, i + IDS_PER_CALL));
  const requests: RpcRequest[] = groups.map((group) => ({
    method: "eth_call",
    params: [{ to: contract, data: encode(group) }, at],
  }));
  const answers = await batchAll(rpc, requests);
  const found = new Map<Id, Hash>();
  groups.forEach((group, g) => {
    const list = words(answers[g]);
    const start = list.offset(0);
    if (list.listLength(start, 1) !== group.length)
      throw malformed("The chain's RPC answered a list of another length.");
    group.forEach((id, i) => {
      found.set(id, list.hash(start + 1 + i));
    });
  });
  return found;
}

async function readPassports(rpc: JsonRpc, contract: Address, ids: readonly PassportId[], at: string) {
  const states = new Map<PassportId, PassportState>();
  for (const [id, word] of await readWords(rpc, contract, ids, encodePassportsCall, at)) {
    const state = decodeState(word);
    if (state === null) throw malformed(`The contract holds a word for passport ${id} that no version of it writes.`);
    states.set(id, state);
  }
  return states;
}

/** When the holds end whose flag is set; it stays set when they expire. */
async function readHolds(
  rpc: JsonRpc,
  contract: Address,
  passports: ReadonlyMap<PassportId, PassportState>,
  at: string,
): Promise<Map<PassportId, UnixTime>> {
  const held = [...passports].filter(([, state]) => state.held).map(([id]) => id);
  const requests = held.map((id) => ({
    method: "eth_call",
    params: [{ to: contract, data: encodeLastHoldCall(id) }, at],
  }));
  const answers = await batchAll(rpc, requests);
  return new Map(held.map((id, i) => [id, words(answers[i]).uint(1)]));
}

const readParticipantHeads = (rpc: JsonRpc, contract: Address, ids: readonly ParticipantId[], at: string) =>
  readWords(rpc, contract, ids, encodeParticipantHeadsCall, at);

/** One text for everything that two RPCs must agree about. */
function comparable(view: RpcView): string {
  return JSON.stringify(view, (_, value: unknown) => {
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    if (value instanceof Set) return [...value].sort();
    return typeof value === "bigint" ? value.toString() : value;
  });
}
