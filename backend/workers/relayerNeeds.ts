import type { SignedCustodyEvent } from "../domain/custody/events.ts";
import type { HoldOrder } from "../domain/custody/holds.ts";
import type { Failpoint } from "../domain/failpoint.ts";
import type { Proposal } from "../domain/participants/proposals.ts";
import type { Fees } from "../domain/submissions/fees.ts";
import type { HeadMove, QueuedEvent } from "../domain/submissions/planSubmission.ts";
import type { Address, Hash, Head, Hex, PassportId } from "../domain/types.ts";

// What the relayer asks of chain and tables, and what it tells: its needs, apart from what it does with them.

export type Attempt = Fees & {
  readonly number: number;
  readonly nonce: number;
  readonly raw: Uint8Array;
  readonly hash: Hash;
  readonly sent: boolean;
  readonly secondsOld: number;
};
export type Submission = {
  readonly id: string;
  readonly kind: "events" | "proposal" | "hold-order" | "anchor" | "nothing";
  readonly calldata: Uint8Array;
  readonly gasLimit: number;
  readonly state: "sealed" | "submitted" | "mined" | "failed";
  readonly minedBlock: number | null;
  readonly attempts: readonly Attempt[];
};
export type NewAttempt = Omit<Attempt, "sent" | "secondsOld"> & { readonly sender: Address };

/** What the relayer needs of the chain (see chain/transactor). */
export type RelayChain = {
  readonly sender: Address;
  readNonce(): Promise<number>;
  readBalance(): Promise<bigint>;
  readMarketFees(): Promise<Fees>;
  readReceipts(
    hashes: readonly Hash[],
  ): Promise<Map<Hash, { readonly blockNumber: number; readonly succeeded: boolean }>>;
  readKnown(hashes: readonly Hash[]): Promise<Set<Hash>>;
  encodeEvents(events: readonly SignedCustodyEvent[]): Uint8Array;
  encodeProposal(proposal: Proposal, signatures: readonly Hex[]): Uint8Array;
  encodeHoldOrder(order: HoldOrder, signatures: readonly Hex[]): Uint8Array;
  sign(
    request: Fees & { nonce: number; gasLimit: number; calldata: Uint8Array | null },
  ): Promise<{ readonly raw: Uint8Array; readonly hash: Hash }>;
  send(
    raw: Uint8Array,
  ): Promise<
    | { readonly outcome: "sent" }
    | { readonly outcome: "nonce-used" | "underpriced" | "unfunded" | "refused"; readonly reason: string }
  >;
};

/** What it needs of the tables (see storage/submissions). */
export type RelayStore = {
  readUndone(latestNonce: number): Promise<Submission[]>;
  nextNonce(): Promise<number>;
  storeAttempt(submissionId: string, attempt: NewAttempt): Promise<void>;
  markSent(hash: Hash): Promise<void>;
  setState(id: string, state: Submission["state"], minedBlock: number | null): Promise<void>;
  seal(submission: {
    kind: "events" | "proposal" | "hold-order";
    calldata: Uint8Array;
    gasLimit: number;
    digests: readonly Hash[];
  }): Promise<string>;
  sealNothing(gasLimit: number, attempt: NewAttempt): Promise<void>;
  readQueue(limit: number): Promise<QueuedEvent[]>;
  readHeads(ids: readonly PassportId[]): Promise<Map<PassportId, Head>>;
  readInFlight(): Promise<HeadMove[]>;
};

/** Something a person should know; the relayer goes on by itself as soon as it can. */
export type RelayAlarm = {
  readonly code:
    | "relayer-unfunded"
    | "fee-cap-reached"
    | "nonce-taken"
    | "transaction-reverted"
    | "publisher-unknown"
    | "transaction-refused";
  readonly details: Readonly<Record<string, unknown>>;
};

export type RelayerOptions = {
  readonly chain: RelayChain;
  readonly store: RelayStore;
  readonly readReadyProposal: () => Promise<{
    readonly digest: Hash;
    readonly proposal: Proposal;
    readonly signatures: readonly Hex[];
  } | null>;
  /** A hold or release that the contract would carry out now; null where there is none. */
  readonly readReadyHoldOrder: () => Promise<{
    readonly digest: Hash;
    readonly order: HoldOrder;
    readonly signatures: readonly Hex[];
  } | null>;
  /** Seals the next anchor of data records, if it is time for one (see anchorSealing). */
  readonly sealAnchor: () => Promise<boolean>;
  /** Whether this process may relay (see storage/leadership). */
  readonly holdLeadership: () => Promise<boolean>;
  readonly onAlarm: (alarm: RelayAlarm) => void;
  /** Monotone milliseconds. */
  readonly clock: () => number;
  readonly maxInFlight?: number;
  readonly maxWaitSeconds?: number;
  /** Most that is ever paid, in wei per gas. */
  readonly maxFeeCap?: bigint;
  /** How long the newest attempt may wait before its fees are reconsidered. */
  readonly bumpAfterSeconds?: number;
  /** How often the pool is asked whether it still has what was sent. */
  readonly recheckMs?: number;
  readonly failpoint?: Failpoint;
};

export type Relayer = { step(): Promise<"progress" | "idle"> };
