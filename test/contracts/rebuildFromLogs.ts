import { AbiCoder, type Contract, keccak256, type Log, toBeHex, ZeroAddress, ZeroHash, zeroPadBytes } from "ethers";
import type { CustodyEvent, CustodyKind, Item } from "../../backend/domain/custody/events.ts";
import { hashEvent } from "../../backend/domain/custody/hashEvent.ts";
import { decodeHeader } from "../../backend/domain/custody/header.ts";
import { evolve } from "../../backend/domain/custody/rules.ts";
import { encodeState, NO_PASSPORT, type PassportState } from "../../backend/domain/custody/state.ts";
import type { Hash, PassportId } from "../../backend/domain/types.ts";
import { nextParticipantHead, nextRegistryHead } from "../../scripts/typedData.ts";

/** Places of the contract's stored values, as in contracts/snapshots/layout.json. */
const SLOT = {
  passports: 0n,
  governors: 3n,
  threshold: 4n,
  registryHead: 5n,
  participants: 6n,
  participantsOf: 7n,
  succeededBy: 8n,
  holds: 9n,
  accumulators: 11n,
};

type Participant = {
  account: string;
  signer: string;
  roles: number;
  active: boolean;
  recordHash: string;
  head: string;
};
type Hold = { counter: number; until: number };

const coder = AbiCoder.defaultAbiCoder();
const word = (value: bigint): string => toBeHex(value, 32);
const mapped = (type: string, key: unknown, slot: bigint): bigint =>
  BigInt(keccak256(coder.encode([type, "uint256"], [key, slot])));
/** bytesN keys of a mapping are padded at their end. */
const mappedBytes = (key: string, slot: bigint): bigint => mapped("bytes32", zeroPadBytes(key, 32), slot);

/** What the logs of one contract say, and where its storage must hold it. Knows the logs and nothing else. */
export class Rebuilt {
  readonly passports = new Map<string, PassportState>();
  readonly participants = new Map<number, Participant>();
  readonly holds = new Map<string, Hold>();
  readonly accumulators = new Map<number, string>();
  readonly participantsOf = new Map<string, number[]>();
  readonly tokenOwners = new Map<bigint, string>();
  governors: readonly string[] = [];
  threshold = 0;
  registryHead = ZeroHash;
  succeededBy = ZeroAddress;
  readonly #separator: Uint8Array;

  constructor(separator: Uint8Array) {
    this.#separator = separator;
  }

  /** Takes the contract's next log, with the time of its block. */
  follow(contract: Contract, log: Log, time: number): void {
    const parsed = contract.interface.parseLog(log);
    if (parsed === null) throw new Error("The contract emits a log that its ABI does not know.");
    const { args } = parsed;
    switch (parsed.name) {
      case "CustodyEventApplied":
        this.#applied(args.digest, args.header, args.items, args.applied);
        return;
      case "Transfer":
        this.tokenOwners.set(args.tokenId, args.to);
        return;
      case "Held":
        this.holds.set(args.passportId, { counter: Number(args.counter), until: Number(args.until) });
        this.#setHeld(args.passportId, true);
        return;
      case "Released":
        this.#setHeld(args.passportId, false);
        return;
      case "Anchored":
        this.accumulators.set(Number(args.publisher), args.accumulator);
        return;
      case "GovernorsSet":
        this.governors = [...args.governors];
        this.threshold = Number(args.threshold);
        this.registryHead = args.registryHead;
        return;
      case "ProposalExecuted":
        if (args.registryHead !== nextRegistryHead(this.registryHead, args.digest, time)) throw new Error("A gap.");
        this.registryHead = args.registryHead;
        return;
      case "ParticipantChanged":
        this.#changed(Number(args.participantId), args.participantHead, {
          cause: args.cause,
          account: args.account,
          signer: args.signer,
          roles: Number(args.roles),
          active: args.active,
          recordHash: args.recordHash,
          time: Number(args.changedAt),
        });
        return;
      case "SucceededBy":
        this.succeededBy = args.successor;
    }
  }

  /** Every storage slot that must not be zero, and its word. The resolver, which never changes, is in no log. */
  storage(): Map<bigint, string> {
    const slots = new Map<bigint, string>();
    const put = (slot: bigint, value: bigint): void => {
      if (value !== 0n) slots.set(slot, word(value));
    };
    for (const [id, state] of this.passports) put(mappedBytes(id, SLOT.passports), BigInt(encodeState(state)));
    for (const [id, { counter, until }] of this.holds) {
      put(mappedBytes(id, SLOT.holds), BigInt(counter) | (BigInt(until) << 32n));
    }
    for (const [id, participant] of this.participants) this.#putParticipant(put, id, participant);
    for (const [account, ids] of this.participantsOf) {
      const slot = mapped("address", account, SLOT.participantsOf);
      put(slot, BigInt(ids.length));
      const packed = ids.reduce((all, id, i) => all | (BigInt(id) << BigInt(24 * i)), 0n);
      put(BigInt(keccak256(word(slot))), packed);
    }
    for (const [publisher, accumulator] of this.accumulators) {
      put(mapped("uint24", publisher, SLOT.accumulators), BigInt(accumulator));
    }
    put(SLOT.governors, BigInt(this.governors.length));
    const first = BigInt(keccak256(word(SLOT.governors)));
    for (const [i, governor] of this.governors.entries()) put(first + BigInt(i), BigInt(governor));
    put(SLOT.threshold, BigInt(this.threshold));
    put(SLOT.registryHead, BigInt(this.registryHead));
    put(SLOT.succeededBy, BigInt(this.succeededBy));
    return slots;
  }

  #putParticipant(put: (slot: bigint, value: bigint) => void, id: number, participant: Participant): void {
    const { account, signer, roles, active, recordHash, head } = participant;
    const slot = mapped("uint24", id, SLOT.participants);
    const owned = [...this.passports.values()].filter(({ custodian }) => custodian === id).length;
    put(slot, BigInt(signer) | (BigInt(roles) << 160n) | (BigInt(active ? 1 : 0) << 176n));
    put(slot + 1n, BigInt(account) | (BigInt(owned) << 160n));
    put(slot + 2n, BigInt(recordHash));
    put(slot + 3n, BigInt(head));
  }

  #applied(digest: string, header: Hash, logged: readonly (readonly string[])[], applied: bigint): void {
    const { firstSignatureLength: _, ...decoded } = decodeHeader(header);
    const items = logged.map(([passportId, prevHead, recordHash]) => ({ passportId, prevHead, recordHash }) as Item);
    const event: CustodyEvent = { ...decoded, kind: decoded.kind as CustodyKind, items };
    const hashed = hashEvent(this.#separator, event);
    if (hashed.digest !== digest) throw new Error(`The log of a ${event.kind} has another digest.`);
    for (const [i, item] of items.entries()) {
      if (((applied >> BigInt(i)) & 1n) === 0n) continue;
      const state = this.passports.get(item.passportId) ?? NO_PASSPORT;
      const head = hashed.heads[i];
      if (head === undefined) throw new Error("An item without a head.");
      this.passports.set(item.passportId, evolve(event, item, state, head));
    }
  }

  #setHeld(passportId: string, held: boolean): void {
    const state = this.passports.get(passportId as PassportId);
    if (state === undefined) throw new Error("A hold on nothing.");
    this.passports.set(passportId, { ...state, held });
  }

  #changed(id: number, head: string, change: Parameters<typeof nextParticipantHead>[2]): void {
    const before = this.participants.get(id);
    if (head !== nextParticipantHead(before?.head ?? ZeroHash, id, change)) throw new Error("A gap.");
    if (before?.account !== change.account || before === undefined)
      this.#moveAccount(id, before?.account, change.account);
    this.participants.set(id, { ...change, head });
  }

  /** As the contract keeps its lists: the last entry takes the place of the one that leaves. */
  #moveAccount(id: number, from: string | undefined, to: string): void {
    if (from !== undefined) {
      const left = this.participantsOf.get(from) ?? [];
      const last = left.pop();
      const place = left.indexOf(id);
      if (place >= 0 && last !== undefined) left[place] = last;
    }
    this.participantsOf.set(to, [...(this.participantsOf.get(to) ?? []), id]);
  }
}
