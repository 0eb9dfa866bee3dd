import type { PassportState } from "../custody/state.ts";
import type { Address, Hash, Hex, ParticipantId, PassportId, UnixTime } from "../types.ts";

/** A custody log as the verifier's own RPC returned it. */
export type CustodyLog = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTime: UnixTime;
  /** The header word, with the length that splits the signatures. */
  readonly header: Hash;
  readonly declined: bigint;
  readonly applied: bigint;
  readonly signatures: Hex;
};

/** The log of an anchor, as the verifier's own RPC returned it. */
export type AnchorLog = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly blockTime: UnixTime;
  readonly publisher: ParticipantId;
  /** Root of the tree over the anchored data records, and how many leaves it has. */
  readonly root: Hash;
  readonly count: number;
};

/** A publisher's anchors in one block. */
export type AnchorPlace = Pick<AnchorLog, "publisher" | "blockNumber">;

/** A publisher and a block as one key. */
export const anchorPlace = ({ publisher, blockNumber }: AnchorPlace): string => `${publisher} ${blockNumber}`;

/** What the verifier asks its RPCs about. */
export type ChainQuestion = {
  readonly passportIds: readonly PassportId[];
  readonly participantIds: readonly ParticipantId[];
  /** Digests of custody events, with the blocks where a bundle says their logs are. */
  readonly events: readonly { readonly digest: Hash; readonly blockNumber: number }[];
  /** Where a bundle says that data records were anchored. */
  readonly anchors: readonly AnchorPlace[];
  readonly signers: readonly Address[];
};

/** Everything the verifier read from the chain itself, at one block; never taken from a bundle. */
export type ChainView = {
  /** The RPCs that were asked and that agree on all of this. */
  readonly rpcs: readonly string[];
  readonly chainId: number;
  readonly contract: Address;
  /** keccak256 of the code at the contract's address; null where there is no code. */
  readonly codeHash: Hash | null;
  readonly block: { readonly number: number; readonly hash: Hash; readonly time: UnixTime };
  /** The tag that chose the block. */
  readonly tag: "finalized" | "safe" | "latest";
  readonly passports: ReadonlyMap<PassportId, PassportState>;
  /** Last second of the last hold, of those passports whose hold flag is set. */
  readonly holds: ReadonlyMap<PassportId, UnixTime>;
  readonly participantHeads: ReadonlyMap<ParticipantId, Hash>;
  /** Logs by event digest, up to that block; null when the RPC serves no logs (a pruned node). */
  readonly custodyLogs: ReadonlyMap<Hash, readonly CustodyLog[]> | null;
  /** Logs of anchors by `anchorPlace`, in the order of the block, up to that block; null as above. */
  readonly anchorLogs: ReadonlyMap<string, readonly AnchorLog[]> | null;
  /** Signers that have code: their signatures were checked by the contract at inclusion (ERC-1271). */
  readonly contractWallets: ReadonlySet<Address>;
  readonly successor: Address | null;
};

/** Why there is no view: the RPC is down, answers for another chain, or two RPCs contradict each other. */
export type ChainUnavailable = { readonly unavailable: string; readonly rpcs: readonly string[] };
