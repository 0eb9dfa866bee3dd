import { keccakText } from "../../domain/bytes.ts";
import { keccakWords, typedDataDigest } from "../../domain/eip712.ts";
import type { Address, Hash, Hex, ParticipantId, UnixTime } from "../../domain/types.ts";

/** What an operator promises about an event or a data record: it will be on chain before `anchorBefore`. */
export type ReceiptPromise = {
  readonly digest: Hash;
  /** The operator's participant id, 0 while it is none. */
  readonly publisher: ParticipantId;
  readonly acceptedAt: UnixTime;
  readonly anchorBefore: UnixTime;
};

export type Receipt = ReceiptPromise & { readonly signer: Address; readonly signature: Hex };

/** The key that signs receipts: 65 bytes r ‖ s ‖ v over a digest. Synchronous, because it is used on the hot path. */
export type ReceiptKey = {
  readonly publisher: ParticipantId;
  readonly signer: Address;
  readonly sign: (digest: Hash) => Hex;
};

const RECEIPT_TYPEHASH = keccakText("Receipt(bytes32 digest,uint24 publisher,uint40 acceptedAt,uint40 anchorBefore)");

/** EIP-712 digest of a receipt, in the domain of the contract that it is about. */
export function receiptDigest(separator: Uint8Array, promise: ReceiptPromise): Hash {
  return typedDataDigest(
    separator,
    keccakWords(RECEIPT_TYPEHASH, promise.digest, promise.publisher, promise.acceptedAt, promise.anchorBefore),
  );
}

/** Signs the promise. Whoever holds the receipt can show a broken promise from the chain alone. */
export function signReceipt(separator: Uint8Array, key: ReceiptKey, promise: ReceiptPromise): Receipt {
  return { ...promise, signer: key.signer, signature: key.sign(receiptDigest(separator, promise)) };
}

/** Longest time between accepting something and its place on chain that a receipt promises, in seconds. */
const ANCHOR_DELAY = 3600;

/** Promises what was accepted now; `until`, if it ends earlier, is the last moment at which the chain would take it. */
export function promiseReceipt(
  separator: Uint8Array,
  key: ReceiptKey,
  { digest, acceptedAt, until }: Pick<ReceiptPromise, "digest" | "acceptedAt"> & { readonly until?: UnixTime },
): Receipt {
  const anchorBefore = Math.min(until ?? Number.POSITIVE_INFINITY, acceptedAt + ANCHOR_DELAY);
  return signReceipt(separator, key, { digest, publisher: key.publisher, acceptedAt, anchorBefore });
}

/** A receipt as it was stored, its fields in the order in which it was first answered: a repeat gets the same bytes. */
export function storedReceipt({ digest, publisher, acceptedAt, anchorBefore, signer, signature }: Receipt): Receipt {
  return { digest, publisher, acceptedAt, anchorBefore, signer, signature };
}
