import type { Anchor } from "../domain/anchors/anchor.ts";
import { keccakText, toHex, ZERO_ADDRESS } from "../domain/bytes.ts";
import type { SignedCustodyEvent } from "../domain/custody/events.ts";
import { encodeHeader } from "../domain/custody/header.ts";
import type { HoldOrder } from "../domain/custody/holds.ts";
import { PROPOSAL_KINDS, type Proposal } from "../domain/participants/proposals.ts";
import type { Address, Hash, Hex, ParticipantId, PassportId } from "../domain/types.ts";
import { encodeAddress, encodeBytes, encodeBytesN, encodeUint } from "./hexWords.ts";

const selector = (signature: string): Hex => toHex(keccakText(signature).subarray(0, 4));

const SUBMIT = selector("submit((bytes32,(bytes20,bytes28,bytes32)[],uint256,bytes)[])");
const EXECUTE = selector(
  "execute((uint8,uint24,address,address,uint16,address[],uint8,address,bytes32,uint40,bytes32),bytes)",
);
const HOLD = selector("hold(bytes20,uint24,uint32,uint40,bytes32,uint40,bytes)");
const RELEASE = selector("release(bytes20,uint24,uint32,bytes32,uint40,bytes)");
const ANCHOR = selector("anchor(uint24,bytes32,uint32,bytes32,bytes32,bytes)");
const ROTATE_SIGNER = selector("rotateSigner(uint24,address)");
const LAST_HOLD = selector("lastHold(bytes20)");
const PASSPORTS = selector("passports(bytes20[])");
const PARTICIPANT_HEADS = selector("participantHeads(uint24[])");

/** ERC-1271; a wallet answers with the same four bytes when it approves. */
export const IS_VALID_SIGNATURE = selector("isValidSignature(bytes32,bytes)");

/** Calls of views that take nothing. */
export const REGISTRY_HEAD_CALL = selector("registryHead()");
export const SUCCEEDED_BY_CALL = selector("succeededBy()");
export const DOMAIN_SEPARATOR_CALL = selector("domainSeparator()");

/** Dynamic values behind a head of offsets, as the ABI lays out tuples and lists of them. `fixed` words come as they are. */
function encodeTuple(parts: readonly (string | { readonly tail: string })[]): string {
  const headBytes = 32 * parts.length;
  let head = "";
  let tails = "";
  for (const part of parts) {
    if (typeof part === "string") head += part;
    else {
      head += encodeUint(headBytes + tails.length / 2);
      tails += part.tail;
    }
  }
  return head + tails;
}

const encodeList = (words: readonly string[]): string => encodeUint(words.length) + words.join("");

function encodeEvent(event: SignedCustodyEvent): string {
  const { actorSignature, counterpartySignature } = event;
  const items = event.items.map(
    (item) => encodeBytesN(item.passportId) + encodeBytesN(item.prevHead) + item.recordHash.slice(2),
  );
  return encodeTuple([
    encodeHeader(event, actorSignature.length / 2 - 1).slice(2),
    { tail: encodeList(items) },
    encodeUint(event.declined),
    { tail: encodeBytes(`${actorSignature}${counterpartySignature.slice(2)}` as Hex) },
  ]);
}

/** Calldata of a wallet's `isValidSignature` (ERC-1271). */
export const encodeIsValidSignatureCall = (digest: Hash, signature: Hex): Hex =>
  `${IS_VALID_SIGNATURE}${encodeTuple([digest.slice(2), { tail: encodeBytes(signature) }])}`;

/** Calldata of `submit`: the events in order. */
export function encodeSubmit(events: readonly SignedCustodyEvent[]): Hex {
  const list = encodeUint(events.length) + encodeTuple(events.map((event) => ({ tail: encodeEvent(event) })));
  return `${SUBMIT}${encodeTuple([{ tail: list }])}`;
}

/**
 * Calldata of `execute`.
 * @param signatures the governors', 65 bytes each, joined ascending by governor
 */
export function encodeExecute(proposal: Proposal, signatures: Hex): Hex {
  return `${EXECUTE}${encodeTuple([{ tail: encodeProposal(proposal) }, { tail: encodeBytes(signatures) }])}`;
}

/** The struct with every field; those that the kind does not have are zero. */
function encodeProposal(proposal: Proposal): string {
  const fields: { readonly [name: string]: unknown } = proposal;
  const address = (name: string): string => encodeAddress((fields[name] ?? ZERO_ADDRESS) as Address);
  const number = (name: string): string => encodeUint((fields[name] ?? 0) as number);
  return encodeTuple([
    encodeUint(PROPOSAL_KINDS.indexOf(proposal.kind)),
    number("participantId"),
    address("account"),
    address("signer"),
    number("roles"),
    { tail: encodeList(proposal.kind === "governor-change" ? proposal.governors.map(encodeAddress) : []) },
    number("threshold"),
    address("successor"),
    proposal.recordHash.slice(2),
    encodeUint(proposal.deadline),
    proposal.registryHead.slice(2),
  ]);
}

/**
 * Calldata of `hold` or `release`.
 * @param signatures the regulator's, or for a release by the quorum the governors', joined ascending by governor
 */
export function encodeHoldOrder(order: HoldOrder, signatures: Hex): Hex {
  return `${order.kind === "hold" ? HOLD : RELEASE}${encodeTuple([
    encodeBytesN(order.passportId),
    encodeUint(order.regulator),
    encodeUint(order.counter),
    ...(order.kind === "hold" ? [encodeUint(order.until)] : []),
    order.reasonHash.slice(2),
    encodeUint(order.deadline),
    { tail: encodeBytes(signatures) },
  ])}`;
}

/** Calldata of `anchor`. */
export function encodeAnchor(anchor: Anchor, signature: Hex): Hex {
  return `${ANCHOR}${encodeTuple([
    encodeUint(anchor.publisher),
    anchor.root.slice(2),
    encodeUint(anchor.count),
    anchor.manifestHash.slice(2),
    anchor.prevAccumulator.slice(2),
    { tail: encodeBytes(signature) },
  ])}`;
}

/** Calldata of `rotateSigner`, which only the participant's account may send. */
export const encodeRotateSigner = (id: ParticipantId, signer: Address): Hex =>
  `${ROTATE_SIGNER}${encodeUint(id)}${encodeAddress(signer)}`;

/** Calldata of the view `lastHold`: counter and end. */
export const encodeLastHoldCall = (id: PassportId): Hex => `${LAST_HOLD}${encodeBytesN(id)}`;

/** Calldata of the view `passports`: one slot word each. */
export function encodePassportsCall(ids: readonly PassportId[]): Hex {
  return `${PASSPORTS}${encodeTuple([{ tail: encodeList(ids.map(encodeBytesN)) }])}`;
}

/** Calldata of the view `participantHeads`. */
export function encodeParticipantHeadsCall(ids: readonly ParticipantId[]): Hex {
  return `${PARTICIPANT_HEADS}${encodeTuple([{ tail: encodeList(ids.map(encodeUint)) }])}`;
}
