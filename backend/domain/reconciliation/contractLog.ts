import type { Item } from "../custody/events.ts";
import type { RejectionReason } from "../custody/rejections.ts";
import type { Proposal } from "../participants/proposals.ts";
import type { Address, Hash, Hex, ParticipantId, PassportId, UnixTime } from "../types.ts";

/** Where in the chain a log stands. */
export type LogPlace = {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly transactionHash: Hash;
  readonly logIndex: number;
};

export type CustodyEventAppliedLog = {
  readonly name: "CustodyEventApplied";
  readonly digest: Hash;
  /** The header word; its lowest 16 bits split the signatures. */
  readonly header: Hash;
  readonly items: readonly Item[];
  readonly declined: bigint;
  readonly applied: bigint;
  readonly signatures: Hex;
};

export type ParticipantChangedLog = {
  readonly name: "ParticipantChanged";
  readonly participantId: ParticipantId;
  readonly cause: Hash;
  readonly account: Address;
  readonly signer: Address;
  readonly roles: number;
  readonly active: boolean;
  readonly recordHash: Hash;
  readonly changedAt: UnixTime;
  readonly participantHead: Hash;
};

/** What the contract's logs say. */
export type ContractLog =
  | CustodyEventAppliedLog
  | ParticipantChangedLog
  | {
      readonly name: "Rejected";
      readonly digest: Hash;
      readonly eventIndex: number;
      /** Null for the whole event. */
      readonly itemIndex: number | null;
      readonly reason: RejectionReason;
    }
  | { readonly name: "Transfer"; readonly from: Address; readonly to: Address; readonly passportId: PassportId }
  | {
      readonly name: "GovernorsSet";
      readonly governors: readonly Address[];
      readonly threshold: number;
      readonly registryHead: Hash;
    }
  | {
      readonly name: "ProposalExecuted";
      readonly digest: Hash;
      readonly proposal: Proposal;
      /** The registry head after it. */
      readonly registryHead: Hash;
      readonly signatures: Hex;
    }
  | { readonly name: "SucceededBy"; readonly successor: Address }
  | {
      readonly name: "Held";
      readonly passportId: PassportId;
      readonly regulator: ParticipantId;
      readonly counter: number;
      readonly until: UnixTime;
      readonly reasonHash: Hash;
      readonly signature: Hex;
    }
  | {
      readonly name: "Released";
      readonly passportId: PassportId;
      /** 0 when the quorum released it. */
      readonly regulator: ParticipantId;
      readonly counter: number;
      readonly reasonHash: Hash;
      readonly signatures: Hex;
    }
  | {
      readonly name: "Anchored";
      readonly publisher: ParticipantId;
      readonly root: Hash;
      readonly count: number;
      readonly manifestHash: Hash;
      readonly accumulator: Hash;
      readonly signature: Hex;
    };

export type LogName = ContractLog["name"];
export type DecodedLog = LogPlace & ContractLog;
