import { base64url } from "multiformats/bases/base64";
import { keccak256, keccakText } from "../bytes.ts";
import { keccakWords, typedDataDigest } from "../eip712.ts";
import type { Hash, Hex, ParticipantId, UnixTime } from "../types.ts";

/** What somebody signs to have withheld fields of a record deleted for good. */
export type Erasure = {
  readonly participant: ParticipantId;
  readonly recordHash: Hash;
  /** Digests of the disclosures, ascending, as they stand in the record (base64url); empty for all of the record. */
  readonly disclosures: readonly string[];
  readonly requestedAt: UnixTime;
};

export type SignedErasure = Erasure & { readonly signature: Hex };

/** The EIP-712 primary type: what a wallet shows. */
export const ERASURE_TYPE = "Erasure(uint24 participant,bytes32 recordHash,bytes32[] disclosures,uint40 requestedAt)";
const ERASURE_TYPEHASH = keccakText(ERASURE_TYPE);

/** How old a request may be, and how far ahead its signer's clock, in seconds. */
const MAX_AGE_SECONDS = 24 * 3600;
const CLOCK_SKEW_SECONDS = 900;

/** EIP-712 digest of a request: its identity, and what is signed. */
export function erasureDigest(separator: Uint8Array, erasure: Erasure): Hash {
  const disclosures = erasure.disclosures.map((digest) => base64url.baseDecode(digest));
  return typedDataDigest(
    separator,
    keccakWords(
      ERASURE_TYPEHASH,
      erasure.participant,
      erasure.recordHash,
      keccak256(...disclosures),
      erasure.requestedAt,
    ),
  );
}

/** True for a request made within a day: an old one, kept by somebody, is asked for anew. */
export const isTimely = ({ requestedAt }: Erasure, now: UnixTime): boolean =>
  requestedAt > now - MAX_AGE_SECONDS && requestedAt <= now + CLOCK_SKEW_SECONDS;
