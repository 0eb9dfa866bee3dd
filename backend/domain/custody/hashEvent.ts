import { keccakText, toHex, ZERO_HASH, ZERO_HEAD } from "../bytes.ts";
import { keccakWords, typedDataDigest, uintWord } from "../eip712.ts";
import type { Hash, Head } from "../types.ts";
import type { CustodyEvent, CustodyHeader, CustodyKind, Item } from "./events.ts";
import { encodeHeader } from "./header.ts";

const ITEM = "Item(bytes20 passportId,bytes28 prevHead,bytes32 recordHash)";
const NEW_PASSPORT = "NewPassport(bytes20 passportId,bytes32 recordHash)";
const TIMES = "uint40 occurredAt,uint40 deadline";

/** The EIP-712 primary type of each kind, with the struct it refers to: what a wallet shows. */
export const CUSTODY_TYPES: { readonly [kind in CustodyKind]: string } = {
  mint: `Mint(uint24 issuer,${TIMES},NewPassport[] passports)${NEW_PASSPORT}`,
  handover: `Handover(uint24 giver,uint24 receiver,${TIMES},Item[] items)${ITEM}`,
  withdrawal: `Withdrawal(uint24 custodian,${TIMES},Item[] items)${ITEM}`,
  transformation: `Transformation(uint24 custodian,${TIMES},Item[] inputs,NewPassport[] outputs)${ITEM}${NEW_PASSPORT}`,
  closure: `Closure(uint24 custodian,${TIMES},Item[] items)${ITEM}`,
  void: `Void(uint24 issuer,${TIMES},Item[] items)${ITEM}`,
  reassignment: `Reassignment(uint24 receiver,${TIMES},Item[] items)${ITEM}`,
};

const typeHashes = Object.fromEntries(
  Object.entries(CUSTODY_TYPES).map(([kind, type]) => [kind, keccakText(type)]),
) as { readonly [kind in CustodyKind]: Uint8Array };
const ITEM_TYPEHASH = keccakText(ITEM);
const NEW_PASSPORT_TYPEHASH = keccakText(NEW_PASSPORT);
const ACCEPTANCE_TYPEHASH = keccakText("Acceptance(bytes32 handover,uint256 declined)");
const HEAD_TYPEHASH = keccakText("Head(bytes32 headerHash,bytes32 itemHash)");

/** Whether the event creates this item's passport: it is signed as NewPassport, without a previous head. */
export function isCreated(kind: CustodyKind, item: Item): boolean {
  return kind === "mint" || (kind === "transformation" && item.prevHead === ZERO_HEAD);
}

/** EIP-712 struct hash of an item within an event of this kind. */
export function hashItem(kind: CustodyKind, item: Item): Hash {
  const hash = isCreated(kind, item)
    ? keccakWords(NEW_PASSPORT_TYPEHASH, item.passportId, item.recordHash)
    : keccakWords(ITEM_TYPEHASH, item.passportId, item.prevHead, item.recordHash);
  return toHex(hash) as Hash;
}

/** An item's struct hash with the one thing about it that the event's hash depends on. */
export type HashedItem = { readonly hash: Hash; readonly created: boolean };

/**
 * EIP-712 digest of an event from its items' hashes alone, so that one passport's history checks without seeing the
 * rest of a consignment.
 * @param separator the deployment's domain separator
 */
export function eventDigestOfHashes(separator: Uint8Array, header: CustodyHeader, items: readonly HashedItem[]): Hash {
  const joined = (wanted: readonly HashedItem[]) => keccakWords(...wanted.map(({ hash }) => hash));
  const lists =
    header.kind === "transformation"
      ? [joined(items.filter((item) => !item.created)), joined(items.filter((item) => item.created))]
      : [joined(items)];
  const { kind, occurredAt, deadline } = header;
  const structHash = keccakWords(typeHashes[kind], ...partiesOf(header), occurredAt, deadline, ...lists);
  return typedDataDigest(separator, structHash);
}

function partiesOf(header: CustodyHeader): readonly number[] {
  switch (header.kind) {
    case "handover":
      return [header.actor, header.counterparty];
    case "reassignment":
      return [header.counterparty];
    case "mint":
    case "withdrawal":
    case "transformation":
    case "closure":
    case "void":
      return [header.actor];
  }
}

/** EIP-712 digest of an event: its identity, and what its actor signs. */
export function eventDigest(separator: Uint8Array, event: CustodyEvent): Hash {
  const items = event.items.map((item) => ({
    hash: hashItem(event.kind, item),
    created: isCreated(event.kind, item),
  }));
  return eventDigestOfHashes(separator, event, items);
}

/** EIP-712 digest of a receiver's acceptance of the handover (or reassignment) with that digest. */
export function acceptanceDigest(separator: Uint8Array, handover: Hash, declined: bigint): Hash {
  return typedDataDigest(separator, keccakWords(ACCEPTANCE_TYPEHASH, handover, uintWord(declined)));
}

/**
 * What an event adds to the head of each of its items. A transformation commits every item to the whole event by its
 * digest; for the other kinds a passport's history stands alone.
 */
export function hashHeader(separator: Uint8Array, header: CustodyHeader, digest: Hash): Hash {
  const context = header.kind === "transformation" ? digest : ZERO_HASH;
  return toHex(keccakWords(separator, typeHashes[header.kind], encodeHeader(header), context)) as Hash;
}

/** The head after an item's event: leftmost 28 bytes. */
export function nextHead(headerHash: Hash, itemHash: Hash): Head {
  return toHex(keccakWords(HEAD_TYPEHASH, headerHash, itemHash).subarray(0, 28)) as Head;
}

/** Digest and the new head of every item, in order. */
export function hashEvent(separator: Uint8Array, event: CustodyEvent): { digest: Hash; heads: Head[] } {
  const digest = eventDigest(separator, event);
  const headerHash = hashHeader(separator, event, digest);
  return { digest, heads: event.items.map((item) => nextHead(headerHash, hashItem(event.kind, item))) };
}
